// One request, and as many replies as its client wants. The server is never far
// ahead of a slow reader, and finishes when the reader leaves.
import assert from "node:assert/strict";
import { RequestClient, serve } from "@awaitmq/patterns";

let made = 0;
let finished = false;
const counter = serve("tcp://127.0.0.1:*", async function* () {
  try {
    for (;;) {
      made++;
      yield String(made); // Waits here when the client's credit is used up.
    }
  } finally {
    finished = true;
  }
});
const client = new RequestClient({ connect: counter.endpoints });

const window = { items: 10 }; // The credit: what may be sent and not read yet.
for await (const [number] of client.stream("count", { window })) {
  console.log(`client gets ${number}`);
  if (String(number) === "3") break; // Waits for the server's finally.
}
console.log(`the client wanted 3 numbers, the server made ${made}`);
assert.ok(made <= 10);
assert.ok(finished);

// The other direction: the server takes input as fast as it reads.
const adder = serve("tcp://127.0.0.1:*", async function* (_request, { input }) {
  let sum = 0;
  for await (const [number] of input) {
    sum += Number(number);
    yield String(sum);
    if (sum > 5) return; // Leaving the loop tells the client to stop.
  }
});
const adding = new RequestClient({ connect: adder.endpoints });

/** @type {number[]} */
const sums = [];
const stream = adding.stream("add", { input: ["1", "2", "3", "4"] });
for await (const [sum] of stream) sums.push(Number(sum));
console.log("sums", sums);
assert.deepEqual(sums, [1, 3, 6]);

await Promise.all([client.close(), adding.close()]);
await Promise.all([counter.stop(), adder.stop()]);
