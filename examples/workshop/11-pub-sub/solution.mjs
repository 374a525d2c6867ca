// Subscriptions travel to the publisher; an XPublisher can read them, and a TopicPublisher
// counts them.
import { XPublisher } from "@awaitmq/core";
import { TopicPublisher, text } from "@awaitmq/patterns";

const socket = new XPublisher();
const publisher = new TopicPublisher(socket, { codec: text });
await socket.bind(process.argv[2] ?? "");
await publisher.subscribed("n", { count: 2 });

for (let n = 1; n <= 100; n++) await publisher.publish("n", String(n));
await publisher.publish("n", "end");
await socket.close();
