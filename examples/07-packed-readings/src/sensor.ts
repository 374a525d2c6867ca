/** A sensor: `sensor.js <endpoint> <readings>` writes its readings, of two numbers each, as fast as they are taken. */

import { Push } from "@awaitmq/core";
import { packed } from "@awaitmq/core/packed";

const [endpoint = "", count = "0"] = process.argv.slice(2);
await using push = new Push();
push.connect(endpoint);
await using out = packed(push); // leaving the scope sends what is left

const reading = Buffer.alloc(8);
for (let number = 0; number < Number(count); number++) {
  reading.writeUInt32LE(number, 0);
  reading.writeFloatLE(20 + 5 * Math.sin(number / 10_000), 4);
  const room = out.write(reading); // copied at once, so that the buffer can be used again
  if (room !== undefined) await room;
}
