/** Streams of replies: items, their order and values, and when a call begins. */

import { type Message, Reply } from "@awaitmq/core";
import { eventually, freshInproc, freshIpc, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { RequestClient, serve } from "../../../src/index.ts";
import { client, closeAll, served } from "../pair.ts";
import { itemsOf, take } from "./reading.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
  await closeAll();
});

function open<T extends AsyncDisposable>(one: T): T {
  opened.push(one);
  return one;
}

const local = "tcp://127.0.0.1:*";

async function* count([to]: Message) {
  for (let number = 0; number < Number(to); number++) yield String(number);
}

describe("a stream", () => {
  test.each([0, 1, 2, 255, 256, 257, 3_000])("has the %i items of a generator, in order", async (items) => {
    const asking = client(served(count));
    expect(await itemsOf(asking.stream(String(items)))).toEqual(numbers(items).map(String));
    expect(asking.stats).toMatchObject({ succeeded: 1, failed: 0, late: 0, invalid: 0, inFlight: 0 });
  });

  test("has items of all sizes and numbers of frames, byte for byte", async () => {
    const lengths = [0, 1, 1_023, 1_024, 1_025, 4_095, 4_096, 70_000, 2_000_000, 3, 0, 5_000, 7];
    const expected = lengths.map((length, index) => [
      Buffer.alloc(length, index + 1),
      ...numbers(index % 4).map(() => Buffer.alloc(index)),
    ]);
    const server = served(async function* () {
      yield* expected;
    });
    const received: Message[] = [];
    for await (const item of client(server).stream("?")) received.push(item);
    expect(received.map((item) => item.map(({ length }) => length))).toEqual(
      expected.map((item) => item.map(({ length }) => length)),
    );
    for (const [index, item] of expected.entries())
      expect(Buffer.concat(received[index] as Message).equals(Buffer.concat(item))).toBe(true);
  });

  test("has the frames that were yielded, although their memory is used again", async () => {
    const server = served(async function* () {
      const memory = Buffer.alloc(2_000);
      for (let number = 0; number < 100; number++) yield memory.fill(number).subarray(0, number % 2 === 0 ? 8 : 2_000);
    });
    let number = 0;
    for await (const [frame] of client(server).stream("?")) {
      expect(frame?.every((byte) => byte === number)).toBe(true);
      number += 1;
    }
    expect(number).toBe(100);
  });

  test("of a handler that gives one reply has one item", async () => {
    const asking = client(served(([name]) => `Hello, ${name}`));
    expect(await itemsOf(asking.stream("Ada"))).toEqual(["Hello, Ada"]);
    const slow = client(served(async ([name]) => `Hello, ${name}`));
    expect(await itemsOf(slow.stream("Grace"))).toEqual(["Hello, Grace"]);
  });

  test("comes from any async iterable, and from a promise of one", async () => {
    const later = client(served(async () => count([Buffer.from("3")])));
    expect(await itemsOf(later.stream("?"))).toEqual(["0", "1", "2"]);
    let left = 2;
    const plain = served(() => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => (left-- > 0 ? { value: "item", done: false } : { value: undefined, done: true }),
      }),
    }));
    expect(await itemsOf(client(plain).stream("?"))).toEqual(["item", "item"]);
  });

  test("ends with an error after its items, if one of them is no message", async () => {
    const server = served(async function* () {
      yield "one";
      yield 2 as unknown as string;
    });
    const stream = client(server).stream("?");
    expect(await take(stream, 1)).toEqual(["one"]);
    await expect(stream.next()).rejects.toMatchObject({ remoteName: "TypeError", code: "ERR_REMOTE" });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(server.stats).toMatchObject({ running: 0, failed: 1 });
  });
});

test.each(["ipc", "inproc"])("streams go over %s", async (transport) => {
  const endpoint = transport === "ipc" ? freshIpc() : freshInproc();
  open(
    serve(
      endpoint,
      async function* (_, { input }) {
        yield* input;
      },
      { grace: 0 },
    ),
  );
  const asking = open(new RequestClient({ connect: endpoint, timeout: 100_000 }));
  expect(await itemsOf(asking.stream("?", { input: numbers(1_000).map(String) }))).toHaveLength(1_000);
  const left = asking.stream("?", { input: numbers(1_000).map(String) });
  expect(await take(left, 300)).toHaveLength(300);
  await left.return();
});

describe("a call", () => {
  test("begins with the first next()", async () => {
    const begun: string[] = [];
    const server = served(([name]) => {
      begun.push(String(name));
      return "";
    });
    const asking = client(server);
    const stream = asking.stream("stream");
    expect(asking.stats.inFlight).toBe(0);
    await asking.request("request");
    expect(begun).toEqual(["request"]);
    expect(await itemsOf(stream)).toEqual([""]);
    expect(begun).toEqual(["request", "stream"]);
  });

  test("begins at once if there is input", async () => {
    const begun = gate();
    const server = served(() => {
      begun.open();
      return "done";
    });
    const stream = client(server).stream("?", { input: ["item"] });
    await begun.opened;
    expect(await itemsOf(stream)).toEqual(["done"]);
  });

  test("that is left before it begins is never sent", async () => {
    let calls = 0;
    const server = served(() => String(calls++));
    const asking = client(server);
    const stream = asking.stream("?");
    expect(await stream.return()).toEqual({ value: undefined, done: true });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(String(await asking.request("?"))).toBe("0");
    expect(calls).toBe(1);
  });

  test("with a signal that has aborted rejects with its reason, and is never sent", async () => {
    let calls = 0;
    const asking = client(served(() => String(calls++)));
    const stream = asking.stream("?", { signal: AbortSignal.abort(new Error("too late")) });
    await expect(stream.next()).rejects.toThrow("too late");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(String(await asking.request("?"))).toBe("0");
  });

  test("of a closed client rejects with ClosedError", async () => {
    const asking = client(served(() => ""));
    await asking.close();
    await expect(asking.stream("?").next()).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test.each([
    [{ window: { items: 0 } }, RangeError],
    [{ window: { bytes: 2 ** 32 } }, RangeError],
    [{ idleTimeout: -1 }, RangeError],
    [{ grace: -1 }, RangeError],
    [{ input: "text" }, TypeError],
    [{ input: Buffer.from("frame") }, TypeError],
    [{ signal: "abort" }, TypeError],
    [{ idle: 1 }, TypeError],
  ])("with the wrong options %o throws at once", (options, error) => {
    expect(() => client(served(() => "")).stream("?", options as object)).toThrow(error);
  });
});

describe("next()", () => {
  test("may be called any number of times at once: each gets an item in order, and the rest get the end", async () => {
    const stream = client(served(count)).stream("100");
    const results = await Promise.all(numbers(103).map(() => stream.next()));
    expect(results.slice(0, 100).map(({ value }) => String(value?.[0]))).toEqual(numbers(100).map(String));
    expect(results.slice(100).map(({ done }) => done)).toEqual([true, true, true]);
  });

  test("resolves to the end again and again after it", async () => {
    const stream = client(served(count)).stream("1");
    await itemsOf(stream);
    for (const _ of numbers(3)) expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(await stream.return()).toEqual({ value: undefined, done: true });
    await expect(stream.throw(new Error("mine"))).rejects.toThrow("mine");
  });

  test("gives an item as soon as it was yielded", async () => {
    const more = gate();
    const server = served(async function* () {
      yield "one";
      await more.opened;
      yield "two";
    });
    const stream = client(server).stream("?");
    expect(await take(stream, 1)).toEqual(["one"]);
    more.open();
    expect(await itemsOf(stream)).toEqual(["two"]);
  });

  test("gives items that came before the reader asked", async () => {
    const server = served(count);
    const stream = client(server).stream("50");
    expect(await take(stream, 1)).toEqual(["0"]);
    await eventually(() => server.stats.served === 1 && server.stats.running === 0);
    expect(await itemsOf(stream)).toEqual(numbers(49, 1).map(String));
  });
});

test("a handler on a Reply socket may stream one item", async () => {
  await using reply = new Reply();
  await using _server = serve(reply, count, { grace: 0 });
  const asking = open(new RequestClient({ connect: await reply.bind(local) }));
  expect(String(await asking.request("1"))).toBe("0");
});

test("an item of too many frames ends its call with EnvelopeError, and its handler, in both directions", async () => {
  const tooMany = numbers(2_000).map(String);
  const server = served(async function* (_, { input }) {
    yield "one";
    for await (const [item] of input) yield item as Buffer;
    for (;;) yield tooMany;
  });
  const asking = client(server);
  for (const input of [undefined, ["one more", tooMany]]) {
    const stream = asking.stream("?", { input });
    expect(await take(stream, 1)).toEqual(["one"]);
    if (input !== undefined) expect(await take(stream, 1)).toEqual(["one more"]);
    await expect(stream.next()).rejects.toMatchObject({ code: "ERR_ENVELOPE" });
    await eventually(() => server.stats.running === 0);
  }
});
