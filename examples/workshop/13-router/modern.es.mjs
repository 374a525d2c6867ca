// Los mismos saltos. Un mensaje a un par desconocido es un error, y route da a
// cada par su propio flujo.
import assert from "node:assert/strict";
import { Dealer, Request, Router } from "@awaitmq/core";
import { route } from "@awaitmq/patterns";

const router = new Router();
const request = new Request({ routingId: "peer 1" });
request.connect(await router.bind("tcp://127.0.0.1:*"));
await request.send("Who am I?");

const [routingId, delimiter, question] = await router.receive();
console.log(`router gets ["${routingId}", "${delimiter}", "${question}"]`);
await router.send([routingId, null, `You are ${routingId}`]);
assert.deepEqual((await request.receive()).map(String), ["You are peer 1"]);
await assert.rejects(router.send(["nobody", null, "to whom?"]), {
  code: "ERR_UNROUTABLE",
});

// Una conversación con cada par, que acaba cuando el par se desconecta.
const peers = route("tcp://127.0.0.1:*");
const [lobby = ""] = peers.endpoints;
const guests = [new Dealer(), new Dealer()];
for (const [index, guest] of guests.entries()) {
  guest.connect(lobby);
  await guest.send(`I am guest ${index + 1}`);
}
/** @type {Promise<void>[]} */
const talks = [];
const welcoming = (async () => {
  for await (const peer of peers) {
    const talk = async () => {
      for await (const [text] of peer)
        await peer.send(`Welcome. You said: ${text}`);
      console.log("A guest has gone");
    };
    talks.push(talk());
  }
})();
for (const [index, guest] of guests.entries()) {
  assert.deepEqual((await guest.receive()).map(String), [
    `Welcome. You said: I am guest ${index + 1}`,
  ]);
  await guest.close();
}
await Promise.all(talks);
await peers.stop();
await welcoming;

await Promise.all([router.close(), request.close()]);
