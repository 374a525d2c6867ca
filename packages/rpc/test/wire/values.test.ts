/** Which values arrive as they are, and in which frames they travel. */

import { Dealer } from "@awaitmq/core";
import { afterEach, describe, expect, test } from "vitest";
import { contract, stream, type } from "../../src/index.ts";
import { all, closeAll, errorOf, scene } from "../scene.ts";

afterEach(closeAll);

const echo = contract("echo", {
  one: { input: type<unknown>(), output: type<unknown>() },
  many: { input: type<unknown>(), output: stream(type<unknown>()) },
  sum: { input: stream(type<unknown>()), output: type<unknown>() },
  both: { input: stream(type<unknown>()), output: stream(type<unknown>()) },
});

const handlers = {
  one: (input: unknown) => input,
  async *many(input: unknown) {
    yield* [input, input];
  },
  sum: async (items: AsyncIterable<unknown>) => (await all(items)).at(-1),
  both: (items: AsyncIterable<unknown>) => items,
};

const values: Record<string, unknown> = {
  undefined,
  null: null,
  false: false,
  zero: 0,
  "an empty text": "",
  "a text with quotes, a line break and an emoji": '"\n\u{1f600}',
  "an empty array": [],
  "nested arrays and objects": { a: [{ b: [null, [1.5]] }] },
  "a text that looks like a call": '["echo.one",1]',
  "an array that looks like a call": ["echo.one", 1],
  "an object with a key of every prototype": { toString: 1, constructor: 2 },
};

test.each(Object.keys(values))("%s arrives as it is, on all ways", async (name) => {
  const value = values[name];
  const { calls } = scene(echo, handlers);
  expect(await calls.one(value)).toEqual(value);
  expect(await all(calls.many(value))).toEqual([value, value]);
  expect(await calls.sum([1, value])).toEqual(value);
  expect(await all(calls.both([value, value]))).toEqual([value, value]);
});

test("undefined within a value is what JSON makes of it", async () => {
  const { calls } = scene(echo, handlers);
  expect(await calls.one({ a: undefined, b: [undefined] })).toEqual({ b: [null] });
  expect(Object.keys((await calls.one({ a: undefined })) as object)).toEqual([]);
});

test("bytes arrive as bytes on all ways, also empty ones and those of a view", async () => {
  const { calls } = scene(echo, handlers);
  for (const bytes of [new Uint8Array([0, 255, 128]), new Uint8Array(0), new Uint8Array([1, 2, 3, 4]).subarray(1, 3)]) {
    const expected = Buffer.from(bytes);
    expect(await calls.one(bytes)).toEqual(expected);
    expect(await all(calls.many(bytes))).toEqual([expected, expected]);
    expect(await calls.sum([bytes])).toEqual(expected);
    expect(await all(calls.both([bytes, "text", bytes]))).toEqual([expected, "text", expected]);
  }
});

describe("large values", () => {
  const size = 10_000_000;

  test("10 MB of bytes, both ways, on a call and as items", async () => {
    const { calls } = scene(echo, handlers);
    const bytes = Buffer.alloc(size, "bytes");
    expect((await calls.one(bytes)) as Buffer).toHaveLength(size);
    const back = (await all(calls.both([bytes, bytes]))) as Buffer[];
    expect(back.map((each) => each.equals(bytes))).toEqual([true, true]);
  });

  test("a JSON text of 10 MB, both ways, on a call and as items", async () => {
    const { calls } = scene(echo, handlers);
    const text = "é".repeat(size / 2);
    expect((await calls.one(text)) === text).toBe(true);
    expect((await all(calls.both([text]))).map((each) => each === text)).toEqual([true]);
  });
});

describe("a value without a JSON form", () => {
  const circular: unknown[] = [];
  circular.push(circular);
  const unsendable: Record<string, unknown> = {
    "a circular one": circular,
    "a bigint": 1n,
    "a function": () => {},
    "a symbol": Symbol("a"),
    "one whose toJSON throws": {
      toJSON() {
        throw new Error("no JSON");
      },
    },
  };

  test.each(Object.keys(unsendable))(
    "%s rejects with a CodecError at the caller, and nothing is sent",
    async (name) => {
      const { calls, client, server } = scene(echo, handlers);
      const value = unsendable[name];
      for (const call of [() => calls.one(value), () => all(calls.many(value))]) {
        const error = await errorOf(call());
        expect(error).toMatchObject({ name: "CodecError", code: "ERR_CODEC" });
        expect(error.message).toMatch(/^Cannot encode a value as the input of echo\.(one|many): /);
      }
      expect(client.stats).toMatchObject({ failed: 0, inFlight: 0 });
      expect(server.stats).toMatchObject({ served: 0, failed: 0 });
      expect(await errorOf(calls.sum([value]))).toMatchObject({ code: "ERR_CODEC" });
    },
  );

  test.each(Object.keys(unsendable))("%s that a handler returns is a CodecError for the caller", async (name) => {
    const value = unsendable[name];
    const { calls } = scene(echo, {
      ...handlers,
      one: () => value,
      async *many() {
        yield 1;
        yield value;
      },
    });
    for (const call of [() => calls.one(0), () => all(calls.many(0))])
      expect(await errorOf(call())).toMatchObject({
        code: "ERR_CODEC",
        message: expect.stringMatching(/^Cannot encode a value as the output of echo\.(one|many): /),
      });
  });
});

test("bytes and undefined travel as two frames, and JSON as one, as a plain Dealer sees", async () => {
  const { server } = scene(echo, handlers);
  await using dealer = new Dealer({ linger: 0, receiveTimeout: 100_000 });
  dealer.connect(server.endpoints[0] as string);
  const ask = async (...body: (string | Buffer)[]) => {
    await dealer.send(["", ...body]);
    const [, ...reply] = await dealer.receive();
    return reply.map((frame) => frame.toString("latin1"));
  };
  expect(await ask('["echo.one",{"a":1}]')).toEqual(['{"a":1}']);
  expect(await ask('["echo.one"]')).toEqual(["none", ""]);
  expect(await ask("echo.one", "bytes", Buffer.from([0, 255]))).toEqual(["bytes", "\0\xff"]);
  expect(await ask("echo.one", "none", "")).toEqual(["none", ""]);
  expect(await ask("echo.one", "json", "[1]")).toEqual(["[1]"]);
});
