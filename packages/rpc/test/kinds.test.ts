/** The four kinds of call, with each schema library. */

import { json, RequestClient, serve } from "@awaitmq/patterns";
import { expect, test } from "vitest";
import { z } from "zod";
import { contract, health, implement, introspection, isFailure, remote, services, stream } from "../src/index.ts";

const Tick = z.object({ symbol: z.string(), price: z.number() });
const prices = contract("prices", {
  quote: { input: z.object({ symbol: z.string() }), output: Tick, errors: { UNKNOWN_SYMBOL: z.object({ symbol: z.string() }) }, idempotent: true },
  watch: { input: z.object({ symbols: z.array(z.string()) }), output: stream(Tick) },
  record: { input: stream(Tick), output: z.object({ count: z.number() }) },
  trade: { input: stream(Tick), output: stream(z.string()) },
});

test("works", async () => {
  const service = implement(prices, {
    async quote({ symbol }, { fail }) {
      if (symbol === "?") throw fail("UNKNOWN_SYMBOL", { symbol });
      return { symbol, price: 1 };
    },
    async *watch({ symbols }) {
      for (const symbol of symbols) yield { symbol, price: 2 };
    },
    async record(ticks) {
      let count = 0;
      for await (const _ of ticks) count += 1;
      return { count };
    },
    async *trade(ticks) {
      for await (const { symbol } of ticks) yield symbol;
    },
  });
  const server = serve("tcp://127.0.0.1:*", services(service, health()));
  const client = new RequestClient({ connect: server.endpoints, codec: json });
  const market = remote(prices, client);
  expect(await market.quote({ symbol: "EUR" }, { timeout: 2000 })).toEqual({ symbol: "EUR", price: 1 });
  const seen = [];
  for await (const tick of market.watch({ symbols: ["a", "b"] })) seen.push(tick.symbol);
  expect(seen).toEqual(["a", "b"]);
  const ticks = ["a", "b", "c"].map((symbol) => ({ symbol, price: 1 }));
  expect(await market.record(ticks)).toEqual({ count: 3 });
  const fills = [];
  for await (const fill of market.trade(ticks)) fills.push(fill);
  expect(fills).toEqual(["a", "b", "c"]);
  const error = await market.quote({ symbol: "?" }).catch((error) => error);
  expect(isFailure(prices.quote, error) && error.data.symbol).toBe("?");
  await expect(market.quote({ symbol: 1 as never })).rejects.toThrow("symbol");
  const about = remote(introspection, client);
  console.log(JSON.stringify(await about.describe()), await about.health());
  await client.close();
  await server.stop();
});
