// Dos sockets que hablan sin ningún broker en medio. Solo la URL elige el
// transporte.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const urls = [
  "inproc://greetings",
  `ipc://${tmpdir()}/greetings-${process.pid}`,
  "tcp://127.0.0.1:*",
];
greet(0);

function greet(index) {
  const url = urls[index];
  const pull = zmq.socket("pull");
  const push = zmq.socket("push");

  pull.on("message", (text) => {
    assert.equal(String(text), "hello");
    console.log(`${text} over ${url}`);
    push.close();
    pull.close();
    if (index + 1 < urls.length) greet(index + 1);
  });

  pull.bindSync(url);
  // En tcp, contiene el puerto que ha elegido el sistema.
  push.connect(pull.last_endpoint);
  push.send("hello");
}
