// Un emisor tiene su propia cola. Los mensajes esperan ahí hasta que se conecta
// un par, y entonces salen solos.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const url = `ipc://${tmpdir()}/inside-${process.pid}`;
const push = zmq.socket("push");
const pull = zmq.socket("pull");
const texts = [];

push.connect(url); // Aún nadie ha hecho bind: la biblioteca lo reintenta.
for (let n = 1; n <= 5; n++) push.send(`message ${n}`);
console.log("5 messages were sent, and nobody is there");

setTimeout(() => {
  pull.bindSync(url);
  console.log("Now somebody is");
}, 100);

pull.on("message", (text) => {
  texts.push(String(text));
  console.log(`Got ${text}`);
  if (texts.length < 5) return;
  assert.deepEqual(texts, [
    "message 1",
    "message 2",
    "message 3",
    "message 4",
    "message 5",
  ]);
  push.close();
  pull.close();
});
