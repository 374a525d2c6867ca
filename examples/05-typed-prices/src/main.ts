/**
 * Publishes prices and reads those of one currency. The filter matches whole
 * segments of the topic, and the schema gives the type of the values. The first
 * price arrives, because the publisher waits for its subscriber. An invalid
 * price is reported and does not end the loop.
 */

import assert from "node:assert/strict";
import { XPublisher } from "@awaitmq/core";
import { json, SchemaError, subscribe, TopicPublisher } from "@awaitmq/patterns";
import { Price, type PublishedPrice, type ReceivedPrice } from "./price.ts";

// Both publishers share this socket. It is bound after both have been created.
await using socket = new XPublisher();
// One publisher validates prices. The other stands for a program that does not.
const publisher = new TopicPublisher<PublishedPrice>(socket, { codec: json, schema: Price });
const careless = new TopicPublisher<unknown>(socket, { codec: json });

const endpoint = await socket.bind("tcp://127.0.0.1:*");

const refused: SchemaError[] = [];
await using prices = subscribe(endpoint, ["prices.EUR"], {
  codec: json,
  schema: Price,
  match: "segments", // "prices.EUR", "prices.EUR.spot"; not "prices.EURO"
  onInvalid: (error) => {
    assert.ok(error instanceof SchemaError);
    refused.push(error);
  },
});

await publisher.subscribed("prices.EUR", { timeout: 60_000 });
const at = "2026-01-01T00:00:00Z";
await publisher.publish("prices.EUR", { bid: 1.1, ask: 1.2, at });
await publisher.publish("prices.EURO", { bid: 9, ask: 9, at });
await publisher.publish("prices.CHF", { bid: 0.9, ask: 1, at });
await careless.publish("prices.EUR", { bid: "a lot", ask: 1.2, at });
await assert.rejects(publisher.publish("prices.EUR", { bid: -1, ask: 1.2, at }), SchemaError);
await publisher.publish("prices.EUR.spot", { bid: 1.3, ask: 1.4, at });

const seen: { topic: string; value: ReceivedPrice }[] = [];
for await (const { topic, value } of prices) {
  console.log(`${topic}: ${value.bid} to ${value.ask} at ${value.at.toISOString()}`);
  seen.push({ topic, value });
  if (topic === "prices.EUR.spot") break;
}

const time = new Date(at);
assert.deepEqual(seen, [
  { topic: "prices.EUR", value: { bid: 1.1, ask: 1.2, at: time } },
  { topic: "prices.EUR.spot", value: { bid: 1.3, ask: 1.4, at: time } },
]);
assert.equal(refused.length, 1);
assert.deepEqual(refused[0]?.issues[0]?.path, ["bid"]);
console.log(`Refused, while the loop went on: ${refused[0]?.message}`);
