/** Streams of values, with a codec and a schema. */

import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { CodecError, json, RemoteError, RequestClient, SchemaError, serve } from "../../../src/index.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
});

function open<T extends AsyncDisposable>(one: T): T {
  opened.push(one);
  return one;
}

const local = "tcp://127.0.0.1:*";

describe("items by value", () => {
  const sum = z.object({ a: z.number(), b: z.number().default(0) });

  test("are what codecs and schemas make of them, in both directions", async () => {
    const server = open(
      serve(
        local,
        async function* (from, { input }) {
          yield from.a + from.b;
          for await (const item of input) yield item.a + item.b;
        },
        { codec: json, schema: sum },
      ),
    );
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json, schema: z.number().max(100) }));
    const results: number[] = [];
    for await (const item of asking.stream({ a: 1 }, { input: [{ a: 2 }, { a: 3, b: 4 }] })) results.push(item);
    expect(results).toEqual([1, 2, 7]);
    const one = open(serve(local, ({ a }: { a: number }) => a, { codec: json }));
    const other = open(new RequestClient({ connect: one.endpoints, codec: json }));
    expect((await other.stream({ a: 5 }).next()).value).toBe(5);
  });

  test("that the client cannot read reject with SchemaError, and end the handler", async () => {
    let isOver = false;
    const server = open(
      serve(
        local,
        async function* () {
          try {
            for (let number = 99; ; number++) yield number;
          } finally {
            isOver = true;
          }
        },
        { codec: json },
      ),
    );
    for (const schema of [z.number().max(100), z.number().refine(async (value) => value <= 100)]) {
      isOver = false;
      const asking = open(new RequestClient({ connect: server.endpoints, codec: json, schema }));
      const stream = asking.stream("?");
      expect(await stream.next()).toEqual({ value: 99, done: false });
      expect(await stream.next()).toEqual({ value: 100, done: false });
      await expect(stream.next()).rejects.toBeInstanceOf(SchemaError);
      expect(await stream.next()).toEqual({ value: undefined, done: true });
      await eventually(() => isOver);
    }
  });

  test("may be checked for as long as the call takes, which begins with the first read", async () => {
    const server = open(serve(local, () => 1, { codec: json }));
    const schema = z.number().refine(() => new Promise((resolve) => setTimeout(() => resolve(true), 50)));
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json, schema }));
    const stream = asking.stream("?", { timeout: 50_000 });
    const now = performance.now.bind(performance);
    using _later = vi.spyOn(performance, "now").mockImplementation(() => now() + 100_000);
    expect((await stream.next()).value).toBe(1);
  });

  test("may be checked for as long as the idleTimeout", async () => {
    const server = open(serve(local, () => "one", { codec: json }));
    const never = z.unknown().refine(() => new Promise<boolean>(() => {}));
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json, schema: never }));
    const stream = asking.stream("?", { idleTimeout: 100 });
    await expect(stream.next()).rejects.toThrow("No item came within 100 ms (idleTimeout)");
    await stream.return();
  });

  test("that the client cannot read although they are the last, or the only ones, end the call once", async () => {
    const server = open(
      serve(
        local,
        (how: unknown) =>
          how === "one"
            ? 101
            : (async function* () {
                yield 101;
              })(),
        { codec: json },
      ),
    );
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json, schema: z.number().max(100) }));
    for (const how of ["one", "stream"]) {
      const stream = asking.stream(how);
      await expect(stream.next()).rejects.toBeInstanceOf(SchemaError);
      expect(await stream.next()).toEqual({ value: undefined, done: true });
    }
    await eventually(() => server.stats.running === 0);
    expect(asking.stats).toMatchObject({ succeeded: 2, failed: 0, inFlight: 0 });
  });

  test("that the codec cannot encode end the stream with an error, at either side", async () => {
    const endless: { self?: unknown } = {};
    endless.self = endless;
    const server = open(
      serve(
        local,
        async function* (what: unknown, { input }) {
          if (what === "yield") yield endless;
          for await (const item of input) yield item;
        },
        { codec: json },
      ),
    );
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json }));
    await expect(asking.stream("yield").next()).rejects.toMatchObject({ remoteName: "CodecError" });
    expect(() => asking.stream(endless)).toThrow(CodecError);
    const stream = asking.stream("input", { input: [1, endless] });
    const read = async () => {
      for await (const item of stream) expect(item).toBe(1);
    };
    await expect(read()).rejects.toBeInstanceOf(CodecError);
  });

  test("of the input that the server's schema refuses reject the read of the handler", async () => {
    const server = open(
      serve(
        local,
        async function* (_, { input }) {
          for await (const { a } of input) yield a;
        },
        { codec: json, schema: sum },
      ),
    );
    const asking = open(new RequestClient({ connect: server.endpoints, codec: json }));
    const stream = asking.stream({ a: 0 }, { input: [{ a: 1 }, { a: "two" }] });
    expect((await stream.next()).value).toBe(1);
    const error = await stream.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ remoteCode: "ERR_SCHEMA" });
  });
});
