// The same delimiter, and a client that adds and removes it for the program.
import assert from "node:assert/strict";
import { Dealer, Reply, Request, Router } from "@awaitmq/core";
import { RequestClient } from "@awaitmq/patterns";

const router = new Router(); // Shows all frames that travel.
const request = new Request({ routingId: "req" });
request.connect(await router.bind("tcp://127.0.0.1:*"));
await request.send(["add", "1", "2"]);
const seen = (await router.receive()).map(String);
console.log("The router sees", seen);
assert.deepEqual(seen, ["req", "", "add", "1", "2"]);
await router.send(["req", null, "3"]);
assert.deepEqual((await request.receive()).map(String), ["3"]);

const reply = new Reply();
// Adds nothing: the program has to send the delimiter.
const dealer = new Dealer();
const endpoint = await reply.bind("tcp://127.0.0.1:*");
dealer.connect(endpoint);
await dealer.send(["without", "delimiter"]); // The Reply drops it silently.
await dealer.send([null, "with", "delimiter"]);
assert.deepEqual((await reply.receive()).map(String), ["with", "delimiter"]);
await reply.send("thanks");
assert.deepEqual((await dealer.receive()).map(String), ["", "thanks"]);

// Sends the delimiter, and a call number in front of it.
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
