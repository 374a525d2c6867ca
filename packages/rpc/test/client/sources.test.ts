/** What streams are made of, at both ends, and that all of it is released. */

import { Readable } from "node:stream";
import { eventually, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { contract, stream } from "../../src/index.ts";
import { all, closeAll, errorOf, isQuiet, type SceneOptions, scene } from "../scene.ts";

afterEach(closeAll);

const counts = contract("counts", {
  many: { input: z.number(), output: stream(z.number()) },
  sum: { input: stream(z.number()), output: z.number() },
  both: { input: stream(z.number()), output: stream(z.number()) },
});

const handlers = {
  async *many(count: number) {
    yield* numbers(count);
  },
  async sum(items: AsyncIterable<number>) {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  },
  async *both(items: AsyncIterable<number>) {
    for await (const item of items) yield item;
  },
};

/** A readable stream of objects without an end. */
function endless(): Readable {
  let count = 0;
  return new Readable({
    objectMode: true,
    highWaterMark: 4,
    read() {
      this.push(count++);
    },
  });
}

describe("a source", () => {
  test("may have promises for items", async () => {
    const { calls } = scene(counts, handlers);
    const source = numbers(4).map((number) => Promise.resolve(number)) as unknown as number[];
    expect(await calls.sum(source)).toBe(6);
    expect(await all(calls.both(source))).toEqual([0, 1, 2, 3]);
  });

  test("may be a readable stream, which is destroyed when its reader leaves", async () => {
    const { calls, server } = scene(counts, {
      ...handlers,
      async sum(items) {
        for await (const item of items) if (item === 20) return item;
        return 0;
      },
    });
    expect(await calls.sum(Readable.from(numbers(10)))).toBe(0);
    const left = endless();
    expect(await calls.sum(left)).toBe(20);
    await eventually(() => left.destroyed);
    const source = endless();
    for await (const item of calls.both(source)) if (item === 20) break;
    await eventually(() => source.destroyed);
    await isQuiet(server);
  });

  test("may be a readable stream that fails", async () => {
    const { calls, server } = scene(counts, handlers);
    const failing = () =>
      new Readable({
        objectMode: true,
        read() {
          this.destroy(new Error("the disk is gone"));
        },
      });
    expect(await errorOf(calls.sum(failing()))).toMatchObject({ message: "the disk is gone" });
    expect(await errorOf(all(calls.both(failing())))).toMatchObject({ message: "the disk is gone" });
    await isQuiet(server);
  });

  test.each<[string, SceneOptions, AbortSignal | undefined, RegExp]>([
    ["its signal is aborted", {}, AbortSignal.abort(new Error("too late")), /too late/],
    ["a layer throws", { remote: { use: [() => Promise.reject(new Error("not now"))] } }, undefined, /not now/],
    [
      "a layer throws at once",
      {
        remote: {
          use: [
            () => {
              throw new Error("not now");
            },
          ],
        },
      },
      undefined,
      /not now/,
    ],
  ])("that is never read since %s is released", async (_, options, signal, message) => {
    const { calls } = scene(counts, handlers, options);
    const sources = [endless(), endless()] as const;
    expect((await errorOf(calls.sum(sources[0], { signal }))).message).toMatch(message);
    expect((await errorOf(all(calls.both(sources[1], { signal })))).message).toMatch(message);
    await eventually(() => sources.every(({ destroyed }) => destroyed));
  });
});

describe("an output", () => {
  test("may be a readable stream, which is destroyed when the caller leaves", async () => {
    const sources: Readable[] = [];
    const { calls, server } = scene(counts, {
      ...handlers,
      many: () => {
        const source = endless();
        sources.push(source);
        return source as AsyncIterable<number>;
      },
    });
    for await (const item of calls.many(0)) if (item === 20) break;
    await isQuiet(server);
    expect(sources.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  test("may be a readable stream that fails, or has a wrong item", async () => {
    const sources: Readable[] = [];
    const { calls, server } = scene(counts, {
      ...handlers,
      many: (kind) => {
        const source = Readable.from(kind === 0 ? [1, "2", 3] : [1]) as Readable;
        if (kind === 1) source.destroy(new Error("the disk is gone"));
        sources.push(source);
        return source as AsyncIterable<number>;
      },
    });
    expect(await errorOf(all(calls.many(0)))).toMatchObject({ code: "ERR_SCHEMA" });
    expect(await errorOf(all(calls.many(1)))).toMatchObject({ message: "the disk is gone" });
    await isQuiet(server);
    expect(sources.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });
});

describe("long streams", () => {
  test("keep their order, both ways at once", async () => {
    const { calls } = scene(counts, handlers);
    const expected = numbers(5_000);
    expect(await all(calls.both(expected))).toEqual(expected);
    expect(await all(calls.many(5_000))).toEqual(expected);
    expect(await calls.sum(expected)).toBe((5_000 * 4_999) / 2);
  });

  test("keep a handler at most the window ahead of its reader", async () => {
    let produced = 0;
    const { calls, server } = scene(counts, {
      ...handlers,
      async *many() {
        for (;;) yield produced++;
      },
    });
    const items = calls.many(0, { window: { items: 10, bytes: 10_000 } });
    for (const read of numbers(50)) {
      expect((await items.next()).value).toBe(read);
      expect(produced).toBeLessThanOrEqual(read + 1 + 10);
    }
    await items.return();
    await isQuiet(server);
  });

  test("of many calls at once do not mix", async () => {
    const { calls, server, client } = scene(counts, handlers);
    const done = numbers(100).map(async (number) => {
      const source = numbers(30).map((item) => item + number);
      expect(await all(calls.both(source))).toEqual(source);
      expect(await all(calls.many(number))).toEqual(numbers(number));
      return calls.sum(source);
    });
    expect(await Promise.all(done)).toEqual(numbers(100).map((number) => 435 + 30 * number));
    await isQuiet(server);
    expect(client.stats).toMatchObject({ succeeded: 300, failed: 0, inFlight: 0 });
  });
});
