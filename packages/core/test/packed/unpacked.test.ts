/** What `unpacked` reads: damaged frames, and loops that are left. */

import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { internals } from "../../src/internals-key.ts";
import { PackedError, packed, unpacked } from "../../src/packed.ts";
import { frameOf } from "./frames.ts";
import { pipe, take } from "./pipe.ts";

describe("a damaged frame", () => {
  const good = frameOf(Buffer.from("a"), Buffer.from("b"));
  const damaged = Buffer.concat([good, Buffer.from([9, 9])]);

  test("is told of, behind its good messages, and the loop goes on", async () => {
    const { push, pull } = await pipe();
    await push.sendAll([damaged, "no frame", ["two", "frames"], good]);
    const errors: PackedError[] = [];
    const frames: number[] = [];
    const loop = unpacked(pull, {
      onError: (error, message) => {
        errors.push(error);
        frames.push(message.length);
      },
    });
    expect((await take(loop, 4)).map(String)).toEqual(["a", "b", "a", "b"]);
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toBeInstanceOf(PackedError);
    expect(frames).toEqual([1, 1, 2]);
  });

  test("makes the loop throw without onError, and the next loop goes on behind it", async () => {
    const { push, pull } = await pipe();
    await push.sendAll([damaged, good]);
    const seen: string[] = [];
    const loop = (async () => {
      for await (const message of unpacked(pull)) seen.push(String(message));
    })();
    await expect(loop).rejects.toBeInstanceOf(PackedError);
    expect(seen).toEqual(["a", "b"]);
    expect((await take(unpacked(pull), 2)).map(String)).toEqual(["a", "b"]);
  });

  test.each(["message by message", "in batches"])("leaves nothing of the loop that threw, read %s", async (how) => {
    const { push, pull } = await pipe();
    await push.sendAll(Array.from({ length: 20 }, () => damaged));
    const { signal } = new AbortController();
    for (let loop = 0; loop < 20; loop++) {
      const stream = unpacked(pull, { signal });
      const reading = how === "in batches" ? stream.batches() : stream;
      await expect(async () => {
        for await (const _ of reading);
      }).rejects.toBeInstanceOf(PackedError);
      expect(await stream.next()).toEqual({ value: undefined, done: true });
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

test("a damaged frame has its good messages given in a batch first", async () => {
  const { push, pull } = await pipe();
  const good = frameOf(Buffer.from("a"), Buffer.from("b"));
  const damaged = Buffer.concat([good, Buffer.from([9, 9])]);
  await push.sendAll([damaged, good, damaged]);
  const order: string[] = [];
  const loop = unpacked(pull, { onError: () => order.push("damage") });
  for await (const batch of loop.batches()) {
    order.push(batch.join(""));
    if (order.length === 4) break;
  }
  expect(order).toEqual(["ab", "damage", "ab", "ab", "damage"]);
  await push.send(damaged);
  const batches = unpacked(pull).batches();
  expect((await batches.next()).value?.join("")).toBe("ab");
  await expect(batches.next()).rejects.toBeInstanceOf(PackedError);
});

describe("leaving a loop", () => {
  test("by break, by abort or between calls of next loses nothing", async () => {
    const { push, pull } = await pipe();
    const out = packed(push);
    for (let count = 0; count < 100; count++) void out.write(`${count}`);
    const seen: string[] = [];
    seen.push(...(await take(unpacked(pull), 10)).map(String));
    const ending = new AbortController();
    const loop = unpacked(pull, { signal: ending.signal });
    seen.push(String((await loop.next()).value));
    ending.abort(new Error("enough"));
    await expect(loop.next()).rejects.toThrow("enough");
    for await (const batch of unpacked(pull).batches()) {
      seen.push(...batch.map(String));
      if (seen.length === 100) break;
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, count) => `${count}`));
    await expect(pull.receive({ timeout: 0 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("calls of next that wait together get the messages in order", async () => {
    const { push, pull } = await pipe();
    const loop = unpacked(pull);
    const waiting = Array.from({ length: 10 }, () => loop.next());
    const out = packed(push);
    for (let count = 0; count < 10; count++) void out.write(`${count}`);
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => String(value))).toEqual([..."0123456789"]);
    await loop.return();
    expect((await loop.next()).done).toBe(true);
  });

  test("in batches, while it waits or before it begins, is done at once, and loses nothing", async () => {
    const { push, pull } = await pipe();
    const { signal } = new AbortController();
    for (const asked of [0, 1, 3]) {
      const batches = unpacked(pull, { signal }).batches();
      const waiting = Array.from({ length: asked }, () => batches.next());
      expect(await batches.return?.()).toEqual({ value: undefined, done: true });
      for (const call of waiting) expect(await call).toEqual({ value: undefined, done: true });
      expect(await batches.next()).toEqual({ value: undefined, done: true });
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await push.send(frameOf(Buffer.from("a")));
    expect((await take(unpacked(pull), 1)).map(String)).toEqual(["a"]);
  });

  test.each([
    ["message by message", () => frameOf(Buffer.from("a"), Buffer.from("b"))],
    ["in batches", () => frameOf(Buffer.from("a"), Buffer.from("b"))],
    [
      "message by message, and damaged",
      () => Buffer.concat([frameOf(Buffer.from("a"), Buffer.from("b")), Buffer.of(9)]),
    ],
    ["message by message, and no frame", () => Buffer.from("no frame")],
  ])("while a frame is on its way, read %s, leaves the whole frame to the next reader", async (how, frame) => {
    const { pull } = await pipe();
    const stream = unpacked(pull);
    const reading = how === "in batches" ? stream.batches() : stream;
    const waiting = [reading.next(), reading.next()];
    // The first call has asked the socket when this turn is over.
    await new Promise((resolve) => setImmediate(resolve));
    pull[internals].inbox.putBack([[frame()]]);
    await reading.return?.();
    for (const call of waiting) expect(await call).toEqual({ value: undefined, done: true });
    expect(await reading.next()).toEqual({ value: undefined, done: true });
    expect(await pull.receive({ timeout: 0 })).toEqual([frame()]);
  });

  test("calls for batches that wait together get the messages in order, behind those that were given", async () => {
    const { push, pull } = await pipe();
    await push.send(frameOf(...[..."abcd"].map((text) => Buffer.from(text))));
    const loop = unpacked(pull);
    expect(String((await loop.next()).value)).toBe("a");
    const batches = loop.batches();
    const waiting = [batches.next(), batches.next()];
    await push.send(frameOf(...[..."ef"].map((text) => Buffer.from(text))));
    expect((await Promise.all(waiting)).map(({ value }) => value?.join(""))).toEqual(["bcd", "ef"]);
    await batches.return?.();
  });

  test("a message that is kept is a view of its frame, or a copy where that is asked for", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxDelay: 1 });
    for (const message of ["a", "b", "c", "d"]) void out.write(message);
    const [first, second] = (await take(unpacked(pull), 2)) as [Buffer, Buffer];
    expect(first.buffer).toBe(second.buffer);
    const [third] = (await take(unpacked(pull, { copy: true }), 1)) as [Buffer];
    expect(third.buffer).not.toBe(first.buffer);
    expect(String(third)).toBe("c");
  });
});
