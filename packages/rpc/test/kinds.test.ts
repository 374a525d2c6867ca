/** The four kinds of call, with each schema library. */

import { SchemaError } from "@awaitmq/patterns";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Handlers, isFailure } from "../src/index.ts";
import { libraries, type Prices, type Tick, tick } from "./libraries.ts";
import { all, closeAll, errorOf, isQuiet, scene } from "./scene.ts";

afterEach(closeAll);

const handlers: Handlers<Prices> = {
  async quote({ symbol }, { fail }) {
    if (symbol === "?") throw fail("UNKNOWN_SYMBOL", { symbol });
    return tick(symbol);
  },
  async *watch({ symbols }) {
    for (const symbol of symbols) yield tick(symbol);
  },
  async record(ticks) {
    return { count: (await all(ticks)).length };
  },
  async *trade(ticks) {
    for await (const { symbol, price } of ticks) yield tick(symbol, price + 1);
  },
};

async function* endless(ended: () => void): AsyncGenerator<Tick, void> {
  try {
    for (let price = 0; ; price++) yield tick("EUR", price);
  } finally {
    ended();
  }
}

describe.each(libraries)("with $library", ({ prices }) => {
  test("a method takes one value and gives one", async () => {
    const { calls } = scene(prices, handlers);
    expect(await calls.quote({ symbol: "EUR" })).toEqual(tick("EUR"));
  });

  test("a method streams its output, in order", async () => {
    const { calls } = scene(prices, handlers);
    expect(await all(calls.watch({ symbols: ["EUR", "USD"] }))).toEqual([tick("EUR"), tick("USD")]);
  });

  test("a method reads a stream: an array, a set, a generator, an async generator", async () => {
    const { calls } = scene(prices, handlers);
    const ticks = [tick("EUR"), tick("USD")];
    expect(await calls.record(ticks)).toEqual({ count: 2 });
    expect(await calls.record(new Set(ticks))).toEqual({ count: 2 });
    expect(await calls.record(ticks.values())).toEqual({ count: 2 });
    async function* later() {
      yield* ticks;
    }
    expect(await calls.record(later())).toEqual({ count: 2 });
  });

  test("a method answers each item while its input goes on", async () => {
    const { calls } = scene(prices, handlers);
    const next = [gate(), gate()];
    async function* orders() {
      yield tick("EUR", 1);
      await next[0]!.opened;
      yield tick("USD", 2);
      await next[1]!.opened;
    }
    const fills = calls.trade(orders());
    expect((await fills.next()).value).toEqual(tick("EUR", 2));
    next[0]!.open();
    expect((await fills.next()).value).toEqual(tick("USD", 3));
    next[1]!.open();
    expect(await fills.next()).toEqual({ value: undefined, done: true });
  });

  test("streams may be empty", async () => {
    const { calls, server } = scene(prices, handlers);
    expect(await all(calls.watch({ symbols: [] }))).toEqual([]);
    expect(await calls.record([])).toEqual({ count: 0 });
    expect(await all(calls.trade([]))).toEqual([]);
    await isQuiet(server);
    expect(server.stats).toMatchObject({ served: 3, failed: 0 });
  });

  test("the caller gets a declared failure with its data", async () => {
    const { calls } = scene(prices, handlers);
    const error = await errorOf(calls.quote({ symbol: "?" }));
    if (!isFailure(prices.quote, error)) throw error;
    expect(error).toMatchObject({ code: "UNKNOWN_SYMBOL", data: { symbol: "?" }, method: "prices.quote" });
  });

  test("leaving the loop ends the handler, its finally included", async () => {
    const ended = vi.fn();
    const { calls, server } = scene(prices, {
      ...handlers,
      watch: () => endless(ended),
      async *trade(ticks) {
        try {
          yield* ticks;
        } finally {
          ended();
        }
      },
    });
    for await (const { price } of calls.watch({ symbols: [] })) if (price === 3) break;
    expect(ended).toHaveBeenCalledTimes(1);
    const left = vi.fn();
    for await (const { price } of calls.trade(endless(left))) if (price === 3) break;
    expect(ended).toHaveBeenCalledTimes(2);
    await eventually(() => left.mock.calls.length === 1);
    await isQuiet(server);
  });

  test("an input that throws ends the call with its error, and the handler's input too", async () => {
    const seen: unknown[] = [];
    const { calls, server } = scene(prices, {
      ...handlers,
      async record(ticks) {
        await all(ticks).catch((error) => seen.push(error));
        return { count: 0 };
      },
      async *trade(ticks) {
        yield* ticks;
      },
    });
    async function* failing() {
      yield tick("EUR");
      throw new RangeError("no more ticks");
    }
    expect(await errorOf(calls.record(failing()))).toMatchObject({ name: "RangeError", message: "no more ticks" });
    expect(await errorOf(all(calls.trade(failing())))).toMatchObject({ name: "RangeError", message: "no more ticks" });
    await isQuiet(server);
    expect(seen).toEqual([expect.objectContaining({ code: "ERR_CANCELLED" })]);
  });

  test("a handler may leave its input early: the source returns, and the call goes on", async () => {
    const left = vi.fn();
    const { calls } = scene(prices, {
      ...handlers,
      async record(ticks) {
        for await (const { price } of ticks) if (price === 2) break;
        return { count: 3 };
      },
      async *trade(ticks) {
        for await (const { price } of ticks) if (price === 2) break;
        yield tick("after");
      },
    });
    expect(await calls.record(endless(left))).toEqual({ count: 3 });
    await eventually(() => left.mock.calls.length === 1);
    expect(await all(calls.trade(endless(left)))).toEqual([tick("after")]);
    await eventually(() => left.mock.calls.length === 2);
  });

  test("a wrong value is a SchemaError with its path, whatever side it is on", async () => {
    const wrong = { symbol: "EUR", price: "1" } as never;
    const { calls, server } = scene(prices, {
      quote: () => wrong,
      async *watch() {
        yield tick("EUR");
        yield wrong;
      },
      record: async (ticks) => ({ count: (await all(ticks)).length }),
      trade: (ticks) => ticks,
    });
    const refusals = [
      () => calls.quote({ symbol: "EUR" }),
      () => all(calls.watch({ symbols: [] })),
      () => calls.record([tick("EUR"), wrong]),
      () => all(calls.trade([tick("EUR"), wrong])),
    ];
    for (const refusal of refusals) {
      const error = await errorOf(refusal());
      expect(error).toBeInstanceOf(SchemaError);
      expect(error.issues).toEqual([{ message: expect.stringMatching(/./), path: ["price"] }]);
    }
    await isQuiet(server);
  });
});
