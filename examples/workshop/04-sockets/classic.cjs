// One socket with three connections: it accepts two, and makes one itself
// before the other side exists.
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

pull.connect(later); // connect before bind: the library retries.
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
