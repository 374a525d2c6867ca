/**
 * Two servers of one market, and a client of both: each kind of call, a caller
 * who is not signed in, orders by credit, and a server that stops.
 */

import assert from "node:assert/strict";
import { RequestClient } from "@awaitmq/patterns";
import { isFailure, remote } from "@awaitmq/rpc";
import { type Order, prices } from "./contract.ts";
import { Market } from "./market.ts";
import { signedIn } from "./middleware.ts";
import { servePrices } from "./server.ts";

const market = new Market();
const logs: readonly string[][] = [[], []];
const servers = logs.map((log) => servePrices(market, (line) => log.push(line)));

const client = new RequestClient({ connect: servers.flatMap(({ endpoints }) => endpoints), timeout: 60_000 });
await client.ready({ servers: 2 });
const stranger = remote(prices, client);
const ada = remote(prices, client, { use: [signedIn("token-of-ada")] });

await assert.rejects(stranger.quote({ symbol: "EUR" }), (error) => {
  assert.ok(isFailure(prices.quote, error));
  assert.equal(error.code, "NOT_SIGNED_IN");
  return true;
});
console.log("A stranger is refused");

// A stream to the server. Then a value, and a failure.
const ticks = [1.08, 1.09, 1.1].map((price) => ({ symbol: "EUR", price }));
assert.deepEqual(await ada.record(ticks), { count: 3 });
assert.deepEqual(await ada.quote({ symbol: "EUR" }), { symbol: "EUR", price: 1.1 });
await assert.rejects(ada.quote({ symbol: "XYZ" }), { code: "UNKNOWN_SYMBOL", data: { symbol: "XYZ" } });
console.log("Ada records 3 prices; the last one is 1.1");

// Streams in both directions. Orders leave as fills are read: 8 each way, and one at the handler.
let placed = 0;
let filled = 0;
function* orders(): Generator<Order> {
  try {
    for (;;) yield { symbol: "EUR", pieces: ++placed };
  } finally {
    console.log("No more orders are taken");
  }
}
for await (const fill of ada.trade(orders(), { window: { items: 8 } })) {
  filled += 1;
  assert.deepEqual(fill, { symbol: "EUR", price: 1.1, pieces: filled, trader: "Ada" });
  assert.ok(placed - filled <= 17, `${placed} placed, ${filled} filled`);
  if (filled === 100) break;
}
console.log("100 of endless orders are filled; never were more than 17 open");

// A watch has no end of its own. Its server stops, and calls go to the other one.
const seen: number[] = [];
let stopped: Promise<void> | undefined;
for await (const { price } of ada.watch({ symbols: ["EUR"] })) {
  seen.push(price);
  if (price === 1.1) await ada.record([{ symbol: "EUR", price: 1.2 }]);
  else stopped = stopAndQuote(serverOfWatch());
}
await stopped;
assert.deepEqual(seen, [1.1, 1.2]);
console.log("The watch ends without an error when its server stops");

const before = serverOfWatch();
for await (const { price } of ada.watch({ symbols: ["EUR"] })) {
  assert.equal(price, 1.2);
  break;
}
assert.ok(logs[1 - before]?.includes("prices.watch: ok"));
console.log("The next watch is at the other server");

assert.equal(logs.flat().filter((line) => line === "prices.quote: NOT_SIGNED_IN").length, 1);
await client.close();
await Promise.all(servers.map((server) => server.stop()));

/** The first of the servers that has a watch in its log. */
function serverOfWatch(): number {
  return logs.findIndex((log) => log.includes("prices.watch: ok"));
}

/** Calls that come while a server stops are answered, too: by the other one. */
async function stopAndQuote(index: number): Promise<void> {
  const stopping = servers[index]?.stop();
  const quotes = await Promise.all(Array.from({ length: 20 }, () => ada.quote({ symbol: "EUR" })));
  assert.ok(quotes.every(({ price }) => price === 1.2));
  await stopping;
}
