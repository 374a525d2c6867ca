// Two sockets that talk without a broker between them. The URL alone chooses
// the transport.
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
  // For tcp, it holds the port that the system chose.
  push.connect(pull.last_endpoint);
  push.send("hello");
}
