import { TopicPublisher, text } from "@awaitmq/patterns";

const endpoint = process.argv[2] ?? "";
const publisher = new TopicPublisher(endpoint, { codec: text });
await publisher.subscribed("n", { count: 2 });

for (let n = 1; n <= 100; n++) await publisher.publish("n", String(n));
await publisher.publish("n", "end");
await publisher.close();
