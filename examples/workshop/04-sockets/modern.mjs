// One socket with three connections: it accepts two, and makes one itself
// before the other side exists.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

const later = `ipc://${tmpdir()}/sockets-${process.pid}`;
const pull = new Pull();
const [first, second, third] = [new Push(), new Push(), new Push()];

pull.connect(later); // connect before bind: the library retries.
const endpoint = await pull.bind("tcp://127.0.0.1:*");
first.connect(endpoint);
second.connect(endpoint);
await third.bind(later);
// Waits for three handshakes. The program works without it, too.
await pull.ready({ peers: 3, timeout: 5_000 });

await Promise.all([
  first.send("from the first that connected"),
  second.send("from the second that connected"),
  third.send("from the one that bound"),
]);

const texts = new Set();
for await (const [text] of pull) {
  console.log(`${text}`);
  texts.add(String(text));
  if (texts.size === 3) break;
}
assert.equal(texts.size, 3);

await Promise.all([pull, first, second, third].map((socket) => socket.close()));
