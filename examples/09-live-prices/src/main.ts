/**
 * Draws the prices of two currencies live. A market in another process
 * publishes three currencies. In a terminal the charts move; otherwise they are
 * printed once, at the end.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { type Codec, json, subscribe } from "@awaitmq/patterns";
import { chart } from "./chart.ts";
import { type Price, walk } from "./price.ts";

const width = 60;
const seed = 7;
const live = process.stdout.isTTY;

await using prices = subscribe<Price>({ bind: "tcp://127.0.0.1:*" }, ["prices.EUR", "prices.CHF", "prices.end"], {
  codec: json as Codec<Price>,
  match: "segments",
});
const market = fork(new URL("./market.js", import.meta.url), [...prices.endpoints, String(seed)]);
// Listen from the start: the market may end before its last price is read.
const ended = once(market, "exit");

const seen = new Map<string, number[]>();
for await (const { topic, value } of prices) {
  if (topic === "prices.end") break;
  const name = topic.slice("prices.".length);
  seen.set(name, [...(seen.get(name) ?? []), value.price]);
  if (live) draw();
}
if (!live) draw();

assert.deepEqual([...seen.keys()], ["EUR", "CHF"]);
for (const [index, values] of [...seen.values()].entries()) {
  const expected = walk(seed + index);
  assert.deepEqual(
    values,
    Array.from({ length: 200 }, () => expected.next().value),
  );
}
assert.deepEqual(await ended, [0, null]);
console.log("All 200 prices of both have come, the first ones too");

function draw(): void {
  if (live) process.stdout.write("\x1b[2J\x1b[H");
  for (const [name, values] of seen) {
    console.log(`${name} ${String(values.at(-1)).padStart(7)}  ${chart(values.slice(-width))}`);
  }
}
