// A dealer as a rep that does not wait. It keeps the envelopes itself, and so
// can answer at any time and in any order.
import assert from "node:assert/strict";
import { Dealer, proxy, Request, Router } from "@awaitmq/core";

// A proxy for two req clients. It adds an envelope to each request.
const front = new Router();
const back = new Dealer();
const frontEndpoint = await front.bind("tcp://127.0.0.1:*");
const dealer = new Dealer();
dealer.connect(await back.bind("tcp://127.0.0.1:*"));
const passing = proxy(front, back);

const ask = async (/** @type {string} */ name) => {
  const request = new Request({ routingId: name });
  request.connect(frontEndpoint);
  await request.send(`I am ${name}`);
  const [answer] = await request.receive();
  await request.close();
  return String(answer);
};
const asking = Promise.all([ask("peer 1"), ask("peer 2")]);

const waiting = [];
for await (const message of dealer) {
  const border = message.findIndex((frame) => frame.length === 0);
  const [envelope, body] = [
    message.slice(0, border + 1),
    message.slice(border + 1),
  ];
  console.log("envelope", envelope.map(String), "body", body.map(String));
  waiting.unshift({ envelope, body });
  if (waiting.length === 2) break;
}
// The last request is answered first.
for (const [index, { envelope, body }] of waiting.entries()) {
  await dealer.send([...envelope, `${body}: answered as number ${index + 1}`]);
}

const answers = await asking;
console.log(answers.join("; "));
assert.deepEqual(
  answers.map((answer) => answer.slice(0, 11)),
  ["I am peer 1", "I am peer 2"],
);

await passing.stop();
await Promise.all([front, back, dealer].map((socket) => socket.close()));
