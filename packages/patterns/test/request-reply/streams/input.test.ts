/** What clients stream to handlers: read by credit, left by either side, and its failures. */

import type { Message } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../../../src/index.ts";
import { client, closeAll, served } from "../pair.ts";
import { endless } from "./endless.ts";
import { itemsOf, take } from "./reading.ts";

afterEach(closeAll);

async function* echo(_: Message, { input }: RequestContext) {
  yield* input;
}

async function sizeOf(_: Message, { input }: RequestContext) {
  let size = 0;
  for await (const frames of input) for (const { length } of frames) size += length;
  return String(size);
}

describe("input", () => {
  test.each([0, 1, 255, 256, 257, 3_000])("of %i items comes in order, and so do the replies to it", async (count) => {
    const asking = client(served(echo));
    const items = numbers(count).map(String);
    expect(await itemsOf(asking.stream("?", { input: items }))).toEqual(items);
    expect(asking.stats).toMatchObject({ succeeded: 1, late: 0, invalid: 0, inFlight: 0 });
  });

  test("may have items of all sizes and numbers of frames", async () => {
    const lengths = [0, 1, 1_024, 1_025, 4_096, 70_000, 2_000_000, 3, 0, 5_000];
    const items = lengths.map((length, index) => [Buffer.alloc(length, index), ...numbers(index).map(() => "ä")]);
    const sent = items.flat().reduce((sum, frame) => sum + Buffer.byteLength(frame), 0);
    const asking = client(served(sizeOf));
    expect(await itemsOf(asking.stream("?", { input: items }))).toEqual([String(sent)]);
    const received: number[][] = [];
    for await (const item of client(served(echo)).stream("?", { input: items }))
      received.push(item.map(({ length }) => length));
    expect(received).toEqual(items.map((item) => item.map((frame) => Buffer.byteLength(frame))));
  });

  test.each<[string, () => Iterable<string> | AsyncIterable<string>]>([
    ["an array", () => ["1", "2", "3"]],
    ["a set", () => new Set(["1", "2", "3"])],
    [
      "a generator",
      function* () {
        yield* ["1", "2", "3"];
      },
    ],
    [
      "an async generator",
      async function* () {
        yield* ["1", "2", "3"];
      },
    ],
    ["promises in an array", () => ["1", "2", "3"].map((item) => Promise.resolve(item)) as unknown as string[]],
  ])("may be %s", async (_, input) => {
    expect(await itemsOf(client(served(echo)).stream("?", { input: input() }))).toEqual(["1", "2", "3"]);
  });

  test("may be the replies of another stream", async () => {
    const first = client(served(echo)).stream("?", { input: numbers(1_000).map(String) });
    const second = client(served(echo)).stream("?", { input: first });
    expect(await itemsOf(second)).toEqual(numbers(1_000).map(String));
  });

  test("is empty for a request, and for a stream without it", async () => {
    const asking = client(served(sizeOf));
    expect(String(await asking.request("?"))).toBe("0");
    expect(await itemsOf(asking.stream("?"))).toEqual(["0"]);
    expect(await itemsOf(asking.stream("?", { input: [] }))).toEqual(["0"]);
  });

  test("and replies go on at the same time: a chat, item by item", async () => {
    const said: string[] = [];
    const opening = numbers(5).map(() => gate());
    async function* speak() {
      for (const number of numbers(5)) {
        await opening[number]?.opened;
        yield `question ${number}`;
      }
    }
    const server = served(async function* (_, { input }) {
      for await (const [question] of input) yield `${question}, answered`;
    });
    const stream = client(server).stream("?", { input: speak() });
    for (const number of numbers(5)) {
      opening[number]?.open();
      said.push(...(await take(stream, 1)));
    }
    expect(said).toEqual(numbers(5).map((number) => `question ${number}, answered`));
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});

describe("input is taken only as its handler reads it", () => {
  test("none before the first read, and no more than the window ahead", async () => {
    const begun = gate();
    const reading = gate();
    const paused = gate();
    const going = gate();
    const server = served(
      async (_, { input }) => {
        begun.open();
        await reading.opened;
        for (const _ of numbers(10)) await input.next();
        paused.open();
        await going.opened;
        return "enough";
      },
      { window: { items: 16 } },
    );
    const { seen, items } = endless();
    const asking = client(server);
    const stream = asking.stream("?", { input: items });
    await begun.opened;
    // A round trip later its first credit would have come.
    await asking.stream("other", { input: [], grace: 0 }).return();
    expect(seen.taken).toBe(0);
    reading.open();
    await paused.opened;
    await eventually(() => seen.taken >= 16);
    expect(seen.taken).toBeLessThanOrEqual(10 + 16);
    going.open();
    expect(await itemsOf(stream)).toEqual(["enough"]);
    expect(seen.taken).toBeLessThanOrEqual(10 + 16);
    await eventually(() => seen.closed === 1);
  });

  test("and in bytes", async () => {
    const going = gate();
    const server = served(
      async (_, { input }) => {
        await input.next();
        await going.opened;
        return "enough";
      },
      { window: { bytes: 10_000 } },
    );
    const { seen, items } = endless(3_000);
    const stream = client(server).stream("?", { input: items });
    const first = stream.next();
    await eventually(() => seen.taken === 4);
    going.open();
    await first;
    await eventually(() => seen.closed === 1);
    expect(seen.taken).toBe(4);
  });
});

describe("a handler that leaves its input", () => {
  test("stops the client, whose iterator is closed, and the call goes on", async () => {
    const { seen, items } = endless();
    const server = served(async function* (_, { input }) {
      let count = 0;
      for await (const _ of input) if (++count === 3) break;
      yield "left";
      await eventually(() => seen.closed === 1);
      yield "the client knows";
    });
    const asking = client(server);
    expect(await itemsOf(asking.stream("?", { input: items }))).toEqual(["left", "the client knows"]);
    expect(seen.closed).toBe(1);
    expect(asking.stats).toMatchObject({ succeeded: 1, failed: 0, invalid: 0 });
    expect(server.stats.invalid).toBe(0);
  });

  test("before its first read has the input closed, from which nothing was taken", async () => {
    const { seen, items } = endless();
    let isClosed = false;
    const input = {
      [Symbol.asyncIterator]: () => ({
        next: () => items.next(),
        return: async () => {
          isClosed = true;
          return { value: undefined, done: true } as const;
        },
      }),
    };
    const server = served(async function* (_, context) {
      await context.input.return?.();
      await eventually(() => isClosed);
      yield "done";
    });
    expect(await itemsOf(client(server).stream("?", { input }))).toEqual(["done"]);
    expect(seen.taken).toBe(0);
  });

  test("gets the end from it, again and again", async () => {
    const server = served(async (_, { input }) => {
      for await (const _ of input) break;
      const after = [await input.next(), await input.next(), await input.return?.()];
      return after.map((result) => String(result?.done)).join(" ");
    });
    expect(await itemsOf(client(server).stream("?", { input: endless().items }))).toEqual(["true true true"]);
  });

  test("and replies has the input closed", async () => {
    const { seen, items } = endless();
    const server = served(async (_, { input }) => {
      await input.next();
      return "enough";
    });
    expect(await itemsOf(client(server).stream("?", { input: items }))).toEqual(["enough"]);
    await eventually(() => seen.closed === 1);
  });
});
