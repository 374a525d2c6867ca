// One socket, three connections: two that it waits for, and one that it made itself, before
// the other side was there.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

const later = `ipc://${tmpdir()}/sockets-${process.pid}`;
const pull = new Pull();
const [first, second, third] = [new Push(), new Push(), new Push()];

pull.connect(later); // connect before bind: the library goes on trying
const endpoint = await pull.bind("tcp://127.0.0.1:*");
first.connect(endpoint);
second.connect(endpoint);
await third.bind(later);
await pull.ready({ peers: 3, timeout: 5_000 }); // three handshakes are over; nobody has to ask, but one may

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
