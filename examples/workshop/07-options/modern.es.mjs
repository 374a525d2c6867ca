// Las mismas opciones con los nombres de zeromq 6, con tipos, como argumentos o
// como propiedades.
import assert from "node:assert/strict";
import { Dealer, Publisher, Router, Subscriber } from "@awaitmq/core";

const router = new Router();
// sendHighWaterMark cuenta mensajes; linger está en milisegundos.
const dealer = new Dealer({
  routingId: "peer 1",
  sendHighWaterMark: 100,
  linger: 500,
});
dealer.connect(await router.bind("tcp://127.0.0.1:*"));
await dealer.send("hello");
const [routingId, text] = await router.receive();
assert.deepEqual([String(routingId), String(text)], ["peer 1", "hello"]);
console.log(`${routingId} says ${text}`);

const publisher = new Publisher();
const subscriber = new Subscriber();
// En cualquier momento: los temas que empiezan por estos bytes.
subscriber.subscribe("weather.", "end");
subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
// Se ha conectado un suscriptor, con sus suscripciones.
await publisher.ready({ timeout: 5_000 });

for (const topic of ["traffic.valencia", "weather.valencia", "end"])
  await publisher.send([topic, "..."]);
const topics = [];
for await (const [topic] of subscriber) {
  console.log(`Heard of ${topic}`);
  topics.push(String(topic));
  if (String(topic) === "end") break;
}
assert.deepEqual(topics, ["weather.valencia", "end"]);

// @ts-expect-error Un error en una opción lo detecta el compilador, y al
// ejecutar.
assert.throws(() => new Dealer({ linger: "a while" }), TypeError);

await Promise.all(
  [router, dealer, publisher, subscriber].map((socket) => socket.close()),
);
