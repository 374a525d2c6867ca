/** What `packed` writes: when frames leave, what they hold, and a reader that stands still. */

import { describe, expect, test } from "vitest";
import { Pair, QueueFullError } from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";
import { read } from "./frames.ts";
import { open, pipe, take } from "./pipe.ts";

describe("messages that are written in one turn", () => {
  test("arrive one by one, in order, in few frames: text, bytes, views and empty ones", async () => {
    const { push, pull } = await pipe();
    const out = packed(push);
    const given = [
      "text",
      "ä€🦀",
      Buffer.from([0, 255]),
      new Uint16Array([1, 2]),
      new Uint8Array([7]).buffer,
      null,
      "",
    ];
    for (const message of given) expect(out.write(message)).toBeUndefined();
    const expected = ["text", "ä€🦀", "\0\xff", "\x01\0\x02\0", "\x07", "", ""];
    const taken = await take(unpacked(pull), given.length);
    expect(taken.map((message, index) => message.toString(index < 2 ? "utf8" : "latin1"))).toEqual(expected);
    void out.write("again");
    expect((await pull.receive()).length).toBe(1);
    await out.end();
  });

  test("leave when the turn ends; with maxDelay when that is over, and by flush at once", async () => {
    const { push, pull } = await pipe();
    const now = packed(push);
    void now.write("turn");
    expect(String(await take(unpacked(pull), 1))).toBe("turn");
    const later = packed(push, { maxDelay: 60_000 });
    void later.write("a");
    void later.write("b");
    await expect(pull.receive({ timeout: 50 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await later.flush();
    const [frame] = await pull.receive();
    expect(read(frame).messages).toEqual(["61", "62"]);
    const soon = packed(push, { maxDelay: 20 });
    void soon.write("c");
    expect(String(await take(unpacked(pull), 1))).toBe("c");
    await Promise.all([now.end(), later.end(), soon.end()]);
  });

  test("fill frames of maxBytes, and those that are longer travel alone, all in order", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxBytes: 100 });
    const lengths = [10, 80, 20, 200, 0, 5, 94, 95, 96, 97, 98, 1, 100_000, 3, ...Array(24).fill(3)];
    for (const length of lengths) await out.write("x".repeat(length));
    await out.end();
    const found: number[] = [];
    let frames = 0;
    while (found.length < lengths.length) {
      const [frame, tail] = await pull.receive();
      frames += 1;
      expect(frame.length).toBeLessThanOrEqual(100);
      found.push(...read(frame, tail).messages.map(({ length }) => length / 2));
    }
    expect(found).toEqual(lengths);

    expect(frames).toBeLessThan(20);
  });

  test("of 16 KiB or more are not copied with copy: false, and keep their order; smaller ones are copied", async () => {
    const [left, right] = [open(new Pair()), open(new Pair())];
    left.connect(await right.bind("inproc://packed-without-copies"));
    const out = packed(left, { copy: false });
    const [small, large] = [Buffer.alloc(16_383, "s"), Buffer.alloc(16_384, "l")];
    for (const message of [small, large, small, large.buffer as ArrayBuffer]) await out.write(message);
    await out.end();
    const taken = await take(unpacked(right), 4);
    large.fill("L");
    small.fill("S");
    expect(taken.map((message) => `${message.length} ${message.toString("latin1", 0, 1)}`)).toEqual([
      "16383 s",
      "16384 L",
      "16383 s",
      "16384 L",
    ]);
  });

  test("of 16 KiB or more are left for the next loop with what comes before and behind them", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { copy: false });
    for (const length of [1, 20_000, 2, 30_000]) await out.write(Buffer.alloc(length));
    await out.end();
    const lengths: number[] = [];
    while (lengths.length < 4) lengths.push(...(await take(unpacked(pull), 1)).map(({ length }) => length));
    expect(lengths).toEqual([1, 20_000, 2, 30_000]);
  });

  test("may have their memory changed as soon as they are written", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxBytes: 1_000 });
    const memory = Buffer.alloc(10);
    const long = Buffer.alloc(2_000);
    const large = Buffer.alloc(20_000);
    for (let value = 0; value < 200; value++) {
      await out.write(memory.fill(value));
      if (value % 50 === 0) await out.write(long.fill(value));
      if (value % 50 === 0) await out.write(large.fill(value));
    }
    memory.fill(255);
    long.fill(255);
    large.fill(255);
    await out.end();
    const taken = await take(unpacked(pull), 208);
    expect(taken.every((message) => message.every((byte) => byte === message[0]))).toBe(true);
    expect(taken.filter(({ length }) => length === 10).map(([first]) => first)).toEqual([...Array(200).keys()]);
  });
});

describe("a reader that stands still", () => {
  test("stops the writer, and the next write beyond the limit is refused without being taken; then all arrives", async () => {
    const { push, pull } = await pipe({
      push: { sendHighWaterMark: 1, sendBufferSize: 8_192 },
      pull: { receiveHighWaterMark: 1, receiveBufferSize: 8_192 },
    });
    const out = packed(push, { maxBytes: 10_000 });
    const message = "x".repeat(100);
    let taken = 0;
    let blocked: Promise<void> | undefined;
    for (; blocked === undefined; taken++) {
      blocked = out.write(message);
      // What libzmq accepts at once, it says in a microtask.
      if (blocked !== undefined && (await Promise.race([blocked.then(() => true), nextTurn()]))) blocked = undefined;
    }
    const refused: unknown[] = [];
    const waits: Promise<void>[] = [blocked];
    while (refused.length === 0 && taken < 1e6) {
      const wait = out.write(message);
      if (wait === undefined) {
        taken += 1; // some of what stood has gone meanwhile
        continue;
      }
      waits.push(wait.then(() => {}));
      const outcome = await Promise.race([wait.catch((error) => error), nextTurn()]);
      if (outcome instanceof Error) refused.push(outcome);
      else taken += 1;
    }
    expect(refused[0]).toBeInstanceOf(QueueFullError);
    // Sixteen frames here, and what TCP and libzmq hold on the way.

    expect(taken * message.length).toBeLessThan(5e5);
    let seen = 0;
    const reading = (async () => {
      for await (const batch of unpacked(pull).batches()) {
        seen += batch.length;
        if (seen >= taken) break;
      }
    })();
    await Promise.allSettled(waits);
    await out.end();
    await reading;
    expect(seen).toBe(taken);
  });
});

function nextTurn(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, 2, false));
}
