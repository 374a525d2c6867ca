// Un socket con tres conexiones: acepta dos, y hace una él mismo antes de que
// exista el otro lado.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const later = `ipc://${tmpdir()}/sockets-${process.pid}`;
const pull = zmq.socket("pull");
const [first, second, third] = [
  zmq.socket("push"),
  zmq.socket("push"),
  zmq.socket("push"),
];
const texts = [];

pull.connect(later); // connect antes que bind: la biblioteca lo reintenta.
pull.bindSync("tcp://127.0.0.1:*");
first.connect(pull.last_endpoint);
second.connect(pull.last_endpoint);
third.bindSync(later);

first.send("from the first that connected");
second.send("from the second that connected");
third.send("from the one that bound");

pull.on("message", (text) => {
  console.log(`${text}`);
  texts.push(String(text));
  if (texts.length < 3) return;
  assert.equal(new Set(texts).size, 3);
  for (const socket of [pull, first, second, third]) socket.close();
});
