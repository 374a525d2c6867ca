// node exercise.mjs <router> <publisher> <name>
// Task: docs/workshop/07-options.md
// Enunciado: docs/es/taller/07-options.md
import { Dealer, Subscriber } from "@awaitmq/core";

const [router, publisher, name] = process.argv.slice(2);
const dealer = new Dealer();
dealer.connect(router ?? "");
dealer.routingId = name ?? "";
await dealer.send("hello");

const subscriber = new Subscriber();
subscriber.connect(publisher ?? "");
subscriber.subscribe("");
for await (const [topic, text] of subscriber) {
  if (!String(topic).startsWith(name ?? "")) continue;
  console.log(`${text}`);
  if (String(text) === "end") break;
}
await Promise.all([dealer.close(), subscriber.close()]);
