import { Dealer, Subscriber } from "@awaitmq/core";

const [router, publisher, name] = process.argv.slice(2);
const dealer = new Dealer({ routingId: name });
dealer.connect(router ?? "");
await dealer.send("hello");

const subscriber = new Subscriber();
subscriber.subscribe(`${name}.`);
subscriber.connect(publisher ?? "");
for await (const [, text] of subscriber) {
  console.log(`${text}`);
  if (String(text) === "end") break;
}
await Promise.all([dealer.close(), subscriber.close()]);
