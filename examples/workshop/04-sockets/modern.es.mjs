// Un socket con tres conexiones: acepta dos, y hace una él mismo antes de que
// exista el otro lado.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

const later = `ipc://${tmpdir()}/sockets-${process.pid}`;
const pull = new Pull();
const [first, second, third] = [new Push(), new Push(), new Push()];

pull.connect(later); // connect antes que bind: la biblioteca lo reintenta.
const endpoint = await pull.bind("tcp://127.0.0.1:*");
first.connect(endpoint);
second.connect(endpoint);
await third.bind(later);
// Espera tres saludos (handshakes). El programa también funciona sin esto.
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
