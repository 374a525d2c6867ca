// The same queue, with a visible limit: send resolves when the queue has
// accepted the message, and waits while the queue is full.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push, TimeoutError } from "@awaitmq/core";

const url = `ipc://${tmpdir()}/inside-${process.pid}`;
// immediate: false creates the queue at once, as the classic package does. By
// default it exists once a peer has connected.
const push = new Push({ sendHighWaterMark: 5, immediate: false });
push.connect(url);

for (let n = 1; n <= 5; n++) await push.send(`message ${n}`);
await assert.rejects(push.send("message 6", { timeout: 50 }), TimeoutError);
console.log(
  "5 messages are in the queue, a sixth found no room, and nobody is there",
);

const pull = new Pull();
await pull.bind(url);
const texts = [];
for await (const batch of pull.batches()) {
  // Waiting messages leave in few writes, and so arrive together.
  console.log(`${batch.length} came at one go`);
  texts.push(...batch.map(String));
  if (texts.length === 5) break;
}
assert.deepEqual(texts, [
  "message 1",
  "message 2",
  "message 3",
  "message 4",
  "message 5",
]);

await push.close();
await pull.close();
