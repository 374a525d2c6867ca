/**
 * A market: `market.js <endpoint> <seed>`. It publishes prices of three
 * currencies, about a hundred times a second.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { json, TopicPublisher } from "@awaitmq/patterns";
import { type Price, walk } from "./price.ts";

const [endpoint = "", seed = "1"] = process.argv.slice(2);
const publisher = new TopicPublisher<Price>({ connect: endpoint }, { codec: json });
// Wait for each subscription: each one arrives as a separate message.
for (const topic of ["prices.EUR", "prices.CHF", "prices.end"]) await publisher.subscribed(topic, { timeout: 60_000 });

const currencies = ["EUR", "CHF", "JPY"].map((name, index) => ({ name, prices: walk(Number(seed) + index) }));
for (let tick = 0; tick < 200; tick++) {
  for (const { name, prices } of currencies) {
    await publisher.publish(`prices.${name}`, { tick, price: prices.next().value });
  }
  await sleep(10);
}
await publisher.publish("prices.end", { tick: 200, price: 0 });
await publisher.close();
