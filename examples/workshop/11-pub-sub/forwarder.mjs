// The same forwarder: proxy passes messages one way and subscriptions the
// other.
import assert from "node:assert/strict";
import {
  Publisher,
  proxy,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "@awaitmq/core";

const xsub = new XSubscriber();
const xpub = new XPublisher();
const publishersSide = await xsub.bind("tcp://127.0.0.1:*");
const subscribersSide = await xpub.bind("tcp://127.0.0.1:*");
const passing = proxy(xsub, xpub);

const subscriber = new Subscriber();
subscriber.subscribe("weather.");
subscriber.connect(subscribersSide);

const topics = new Set();
const listening = (async () => {
  for await (const [topic] of subscriber) {
    topics.add(String(topic));
    if (topics.size === 2) break;
  }
})();

const publishers = [new Publisher(), new Publisher()];
for (const publisher of publishers) publisher.connect(publishersSide);
const timer = setInterval(async () => {
  for (const [index, publisher] of publishers.entries()) {
    const city = ["valencia", "madrid"][index];
    await publisher.send([`traffic.${city}`, "dense"]);
    await publisher.send([`weather.${city}`, "sunny"]);
  }
}, 20);

await listening;
clearInterval(timer);
console.log(topics);
assert.deepEqual([...topics].sort(), ["weather.madrid", "weather.valencia"]);

await passing.stop();
const sockets = [subscriber, xsub, xpub, ...publishers];
await Promise.all(sockets.map((socket) => socket.close()));
