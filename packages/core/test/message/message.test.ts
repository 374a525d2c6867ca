/** Which values are messages, and how they arrive. */

import { inspect } from "node:util";
import { freshInproc, pair } from "@awaitmq/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Context, type Frame, Pull, Push, Router, Stream } from "../../src/index.ts";

/** What arrives for a frame. Text becomes UTF-8, in which half a surrogate pair is U+FFFD. */
function bytesOf(frame: Frame): Buffer {
  if (frame === null) return Buffer.alloc(0);
  if (typeof frame === "string") return Buffer.from(frame);
  if (ArrayBuffer.isView(frame)) return Buffer.from(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  return Buffer.from(Buffer.from(frame));
}

const bytes = fc.uint8Array({ maxLength: 300 });
const large = fc.integer({ min: 1_000, max: 70_000 }).map((length) => Buffer.alloc(length, `${length}`));
/** Every kind of view, on the whole of a buffer or a part. */
const views = fc
  .tuple(
    fc.constantFrom(
      Uint8Array,
      Int8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
      DataView,
    ),
    bytes,
    fc.nat(5),
    fc.nat(20),
  )
  .map(([View, content, offset, length]) => {
    const memory = new ArrayBuffer(320);
    new Uint8Array(memory).set(content);
    return new (View as new (memory: ArrayBuffer, offset: number, length: number) => NodeJS.ArrayBufferView)(
      memory,
      offset * 8,
      length,
    );
  });
const arrayBuffers = bytes.map((content) => content.slice().buffer as ArrayBuffer);
const shared = bytes.map((content) => {
  const view = new Uint8Array(new SharedArrayBuffer(content.length));
  view.set(content);
  return view;
});
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }),
  // Code units one by one, and so halves of pairs.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom("", "\0", "\ud800", "\udfff\ud800", "a\0b", "💥", "x".repeat(5_000)),
);
const frames: fc.Arbitrary<Frame> = fc.oneof(
  text,
  bytes,
  bytes.map((content) => Buffer.from(content)),
  views,
  arrayBuffers,
  shared,
  large,
  fc.constant(null),
);

const notFrames = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    true,
    Number.NaN,
    5,
    5n,
    Symbol("frame"),
    () => "frame",
    new Date(),
    /x/,
    new Map(),
    new Error("frame"),
    Promise.resolve("frame"),
    Object.create(null),
    Object.create(Uint8Array.prototype),
    Object.create(ArrayBuffer.prototype),
    new Proxy({}, {}),
    { length: 1, 0: "frame" },
    { byteLength: 4, byteOffset: 0, buffer: new ArrayBuffer(4) },
    { toString: () => "frame" },
    new String("frame"),
    ["nested"],
    [],
    new Set(["frame"]),
    new SharedArrayBuffer(4),
  ),
  fc.double(),
  fc.bigInt(),
  fc.object(),
  fc.array(frames, { maxLength: 3 }),
);
const notMessages = fc.oneof(
  notFrames.filter((value) => !Array.isArray(value)),
  fc.constant([]),
  fc
    .tuple(fc.array(frames, { maxLength: 3 }), notFrames, fc.array(frames, { maxLength: 3 }))
    .map(([before, wrong, after]) => [...before, wrong, ...after]),
);

function connected(address: string) {
  const context = new Context();
  return pair({ pull: new Pull({ context }), push: new Push({ context }) }, address);
}

const addresses: [transport: string, address: () => string][] = [
  ["tcp", () => "tcp://127.0.0.1:*"],
  ["inproc", freshInproc],
];

describe.each(addresses)("over %s", (_transport, address) => {
  test.each([true, false])("any frame or array of frames arrives byte for byte, with copy: %s", async (copy) => {
    await using pair = await connected(address());
    const messages = fc.oneof(frames, fc.array(frames, { minLength: 1, maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 40, size: "max" }), async (sent) => {
        const wanted = sent.map((message) => (Array.isArray(message) ? message : [message]).map(bytesOf));
        const before = sent.map((message) => (Array.isArray(message) ? [...message] : [message]));
        await Promise.all(sent.map((message) => pair.push.send(message, { copy })));
        for (const whole of wanted) {
          const received: Buffer[] = await pair.pull.receive();
          const isWhole = received.length === whole.length && received.every((frame, n) => frame.equals(whole[n]!));
          if (!isWhole) expect(received).toEqual(whole);
        }
        const after = sent.map((message) => (Array.isArray(message) ? message : [message]));
        expect(after.every((each, n) => each.every((frame, index) => frame === before[n]![index]))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("anything else is a TypeError, and no part of it arrives", async () => {
    await using pair = await connected(address());
    await fc.assert(
      fc.asyncProperty(fc.array(notMessages, { minLength: 1, maxLength: 40, size: "max" }), async (wrong) => {
        const outcomes = await Promise.allSettled(
          wrong.flatMap((message, n) => [pair.push.send(message as Frame), pair.push.send(`${n}`)]),
        );
        for (const [n, message] of wrong.entries()) {
          const outcome = outcomes[2 * n]!;
          if (outcome.status === "fulfilled") expect.fail(`${inspect(message)} was sent`);
          if (!(outcome.reason instanceof TypeError)) throw outcome.reason;
          // What arrives next is what was sent next.
          expect((await pair.pull.receive()).map(String)).toEqual([`${n}`]);
        }
        await expect(pair.pull.receive({ timeout: 0 })).rejects.toThrow("No message");
      }),
      { numRuns: 60 },
    );
  });
});

describe("a message", () => {
  test("that is wrong says which frame and what it is", async () => {
    await using push = new Push();
    const cases: [unknown, string][] = [
      [undefined, "Cannot send undefined: a frame must be"],
      [["a", 5], "Cannot send a number as frame 1: a frame must be"],
      [["a", ["b"]], "Cannot send a nested array as frame 1"],
      [[], "Cannot send []: a message needs at least one frame"],
      [new Map(), "Cannot send a Map"],
      [(function* () {})(), "Cannot send a Generator: a frame must be"],
      [(async function* () {})(), "Cannot send an AsyncGenerator: a frame must be"],
      [["a"].values(), "or null. Use sendAll to send each item of an iterable as a message"],
      [new (class {})(), "Cannot send an Object"],
      [Object.create(null), "Cannot send a null-prototype object"],
      [["a", "b", undefined], "Cannot send undefined as frame 2"],
      [new Array(3), "Cannot send undefined as frame 0"],
    ];
    for (const [message, sentence] of cases) await expect(push.send(message as Frame)).rejects.toThrow(sentence);
  });

  test("that is hostile gives a rejection with its own error, or a TypeError, and nothing is sent", async () => {
    await using pair = await connected("tcp://127.0.0.1:*");
    const trap = new Error("trap");
    const explosive = (): void => {
      throw trap;
    };
    const array = ["first", "second"];
    Object.defineProperty(array, 1, { get: explosive });
    const proxy = new Proxy(["first"], { get: explosive });
    const revoked = Proxy.revocable(["first"], {});
    revoked.revoke();
    const constructorless = Object.defineProperty({}, "constructor", { get: explosive });
    for (const message of [array, proxy, revoked.proxy, constructorless])
      await expect(pair.push.send(message as Frame)).rejects.toThrow(Error);
    await pair.push.send("after");
    expect(String(await pair.pull.receive())).toBe("after");
  });

  test("of a detached buffer is a TypeError", async () => {
    await using pair = await connected("tcp://127.0.0.1:*");
    const memory = new ArrayBuffer(8);
    const view = new Uint8Array(memory);
    structuredClone(memory, { transfer: [memory] });
    await expect(pair.push.send(view)).rejects.toThrow("detached");
    await expect(pair.push.send(memory)).rejects.toThrow("detached");
    await expect(pair.push.send(["a", new DataView(new ArrayBuffer(0)), memory])).rejects.toThrow("as frame 2");
    await pair.push.send([new Uint8Array(0), "after"]);
    expect((await pair.pull.receive()).map(String)).toEqual(["", "after"]);
  });

  test("of a subclass of Array, or from another realm's array, is sent as an array", async () => {
    await using pair = await connected("tcp://127.0.0.1:*");
    class Frames extends Array<string> {}
    await pair.push.send(Frames.from(["a", "b"]));
    expect((await pair.pull.receive()).map(String)).toEqual(["a", "b"]);
    const { runInNewContext } = await import("node:vm");
    await pair.push.send(runInNewContext('["c", "d"]') as Frame[]);
    expect((await pair.pull.receive()).map(String)).toEqual(["c", "d"]);
  });

  test("of bytes from another realm is sent as bytes", async () => {
    await using pair = await connected("tcp://127.0.0.1:*");
    const { runInNewContext } = await import("node:vm");
    await pair.push.send(runInNewContext("new Uint8Array([1, 2, 3])") as Uint8Array);
    expect(await pair.pull.receive()).toEqual([Buffer.from([1, 2, 3])]);
  });

  test("for a Router has a routing id and a body, for a Stream exactly two frames", async () => {
    await using router = new Router();
    await using stream = new Stream();
    for (const message of ["id", null, ["id"], Buffer.from("id")])
      await expect(router.send(message)).rejects.toThrow(TypeError);
    for (const message of ["id", ["id"], ["id", "a", "b"]])
      await expect(stream.send(message as unknown as [string, string])).rejects.toThrow(TypeError);
  });
});
