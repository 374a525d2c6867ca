// The same options by the names of zeromq 6, as arguments or as properties, with types and
// units.
import assert from "node:assert/strict";
import { Dealer, Publisher, Router, Subscriber } from "@awaitmq/core";

const router = new Router();
const dealer = new Dealer({ routingId: "peer 1", sendHighWaterMark: 100, linger: 500 }); // messages; milliseconds
dealer.connect(await router.bind("tcp://127.0.0.1:*"));
await dealer.send("hello");
const [routingId, text] = await router.receive();
assert.deepEqual([String(routingId), String(text)], ["peer 1", "hello"]);
console.log(`${routingId} says ${text}`);

const publisher = new Publisher();
const subscriber = new Subscriber();
subscriber.subscribe("weather.", "end"); // at any time: what begins with these bytes
subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
await publisher.ready({ timeout: 5_000 }); // somebody is there, with the subscriptions made before connect

for (const topic of ["traffic.valencia", "weather.valencia", "end"]) await publisher.send([topic, "..."]);
const topics = [];
for await (const [topic] of subscriber) {
  console.log(`Heard of ${topic}`);
  topics.push(String(topic));
  if (String(topic) === "end") break;
}
assert.deepEqual(topics, ["weather.valencia", "end"]);

// @ts-expect-error A wrong option is found by the compiler, and if not, when the program runs
assert.throws(() => new Dealer({ linger: "a while" }), TypeError);

await Promise.all([router, dealer, publisher, subscriber].map((socket) => socket.close()));
