// node exercise.mjs <router> <publisher> <name>
// Introduce yourself to the router as <name>, with the message "hello", and listen to the
// publisher: to what begins with "<name>." and to nothing else. Print the second frame of
// each message; end after "end".
// Preséntate al router como <name>, con el mensaje "hello", y escucha al publicador: lo que
// empieza por "<name>." y nada más. Escribe el segundo segmento de cada mensaje; termina
// después de "end".
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
