// A publisher that knows when somebody listens: so the first message arrives, and nobody
// sleeps for a while to be on the safe side.
import assert from "node:assert/strict";
import { subscribe, TopicPublisher, text } from "@awaitmq/patterns";

const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });

await publisher.publish("weather.valencia", "20 degrees"); // to nobody: lost, and by design

const weather = subscribe(publisher.endpoints, ["weather"], { codec: text, match: "segments" }); // not "weathermen"
await publisher.subscribed("weather.", { timeout: 5_000 });

for (const topic of ["traffic.valencia", "weather.valencia", "weathermen", "weather.madrid"]) {
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
