import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Pull, Push } from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";

const count = 10_000_000;
const mebibyte = Buffer.alloc(2 ** 20);

/** The size of a message: most are tiny or empty, some fill a frame, a few are of a MiB. The same for the same number. */
function sizeOf(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 0;
  if (mixed % 50_000 === 0) return 2 ** 20;
  if (mixed % 1_000 === 0) return mixed % 100_000;
  return mixed % 64;
}

async function write(push: Push): Promise<void> {
  const out = packed(push);
  for (let number = 0; number < count; number++) {
    const message = mebibyte.subarray(0, sizeOf(number));
    if (message.length > 0) message[0] = number & 255;
    const wait = out.write(message);
    if (wait !== undefined) await wait;
    if (number % 77_777 === 0) await out.flush();
    if (number % 1_111_111 === 0) await sleep(20);
  }
  await out.end();
}

/** Reads on and on by loops that are left in every way, and checks each message. */
async function read(pull: Pull): Promise<void> {
  let number = 0;
  const check = (message: Buffer) => {
    if (message.length !== sizeOf(number) || (message.length > 0 && message[0] !== (number & 255)))
      throw new Error(`Message ${number} should have ${sizeOf(number)} bytes, and has ${message.length}`);
    number += 1;
  };
  for (let loop = 0; number < count; loop++) {
    const until = number + 50_000;
    if (loop % 3 === 0) {
      for await (const message of unpacked(pull)) {
        check(message);
        if (number >= until || number === count) break;
      }
    } else if (loop % 3 === 1) {
      for await (const batch of unpacked(pull, { copy: true }).batches()) {
        for (const message of batch) check(message);
        if (number >= until || number === count) break;
      }
    } else {
      const ending = new AbortController();
      try {
        for await (const message of unpacked(pull, { signal: ending.signal })) {
          check(message);
          if (number === count) break;
          if (number === until) ending.abort();
        }
      } catch (error) {
        if (error !== ending.signal.reason) throw error;
      }
    }
    if (loop % 20 === 0) await sleep(30);
  }
}

test("10 million packed messages of 0 B to 1 MiB keep their order, none lost and none twice", {
  timeout: 600_000,
}, async () => {
  const pull = new Pull({ receiveHighWaterMark: 20 });
  const push = new Push({ sendHighWaterMark: 20 });
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  const before = process.memoryUsage().rss;
  await Promise.all([write(push), read(pull)]);
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  await expect(pull.receive({ timeout: 100 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  await push.close();
  await pull.close();
});
