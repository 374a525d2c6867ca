/**
 * A sensor: `sensor.js <endpoint> <readings>`. It writes readings of two
 * numbers each, as fast as the receiver takes them.
 */

import { Push } from "@awaitmq/core";
import { packed } from "@awaitmq/core/packed";

const [endpoint = "", count = "0"] = process.argv.slice(2);
await using push = new Push();
push.connect(endpoint);
await using out = packed(push); // the end of the scope sends the rest

const reading = Buffer.alloc(8);
for (let number = 0; number < Number(count); number++) {
  reading.writeUInt32LE(number, 0);
  reading.writeFloatLE(20 + 5 * Math.sin(number / 10_000), 4);
  // write() copies the bytes at once, so the buffer can be reused.
  const room = out.write(reading);
  if (room !== undefined) await room;
}
