// A publisher that waits for its subscriber, so that the first message arrives
// and nobody has to sleep.
import assert from "node:assert/strict";
import { subscribe, TopicPublisher, text } from "@awaitmq/patterns";

const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });

// Nobody has subscribed: dropped, by design.
await publisher.publish("weather.valencia", "20 degrees");

// Whole segments match: "weathermen" does not.
const weather = subscribe(publisher.endpoints, ["weather"], {
  codec: text,
  match: "segments",
});
await publisher.subscribed("weather.", { timeout: 5_000 });

for (const topic of [
  "traffic.valencia",
  "weather.valencia",
  "weathermen",
  "weather.madrid",
]) {
  await publisher.publish(topic, "21 degrees");
}
const heard = [];
for await (const { topic, value } of weather) {
  console.log(`${topic}: ${value}`);
  heard.push(topic);
  if (topic === "weather.madrid") break;
}
assert.deepEqual(heard, ["weather.valencia", "weather.madrid"]);

await publisher.close();
