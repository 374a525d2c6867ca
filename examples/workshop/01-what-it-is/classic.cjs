// Two programs' worth of sockets and nothing between them: no broker, no server to start.
// The URL alone says what the wire is.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const urls = ["inproc://greetings", `ipc://${tmpdir()}/greetings-${process.pid}`, "tcp://127.0.0.1:*"];
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
  push.connect(pull.last_endpoint); // for tcp this has the port that the system chose
  push.send("hello");
}
