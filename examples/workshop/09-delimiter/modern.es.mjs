// El mismo delimitador, y un cliente que lo pone y lo quita por el programa.
import assert from "node:assert/strict";
import { Dealer, Reply, Request, Router } from "@awaitmq/core";
import { RequestClient } from "@awaitmq/patterns";

const router = new Router(); // Muestra todos los segmentos que viajan.
const request = new Request({ routingId: "req" });
request.connect(await router.bind("tcp://127.0.0.1:*"));
await request.send(["add", "1", "2"]);
const seen = (await router.receive()).map(String);
console.log("The router sees", seen);
assert.deepEqual(seen, ["req", "", "add", "1", "2"]);
await router.send(["req", null, "3"]);
assert.deepEqual((await request.receive()).map(String), ["3"]);

const reply = new Reply();
// No añade nada: el delimitador lo envía el programa.
const dealer = new Dealer();
const endpoint = await reply.bind("tcp://127.0.0.1:*");
dealer.connect(endpoint);
await dealer.send(["without", "delimiter"]); // El Reply lo descarta sin avisar.
await dealer.send([null, "with", "delimiter"]);
assert.deepEqual((await reply.receive()).map(String), ["with", "delimiter"]);
await reply.send("thanks");
assert.deepEqual((await dealer.receive()).map(String), ["", "thanks"]);

// Envía el delimitador, y delante un número de llamada.
const client = new RequestClient({ connect: endpoint });
const calling = client.request(["with", "a client"]);
const question = (await reply.receive()).map(String);
console.log("The reply socket sees", question);
assert.deepEqual(question, ["with", "a client"]);
await reply.send("welcome");
assert.deepEqual((await calling).map(String), ["welcome"]);

await client.close();
await Promise.all(
  [router, request, reply, dealer].map((socket) => socket.close()),
);
