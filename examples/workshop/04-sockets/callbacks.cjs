// bind and connect take a callback. It gets an error, or it says that the call
// has worked.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const [rep, late] = [zmq.socket("rep"), zmq.socket("rep")];
const req = zmq.socket("req");

rep.on("message", (text) => rep.send(`${text} yourself`));
req.on("message", (text) => {
  console.log(`${text}`);
  assert.equal(String(text), "hello yourself");
  for (const socket of [rep, late, req]) socket.close();
});

rep.bind("tcp://127.0.0.1:*", (error) => {
  if (error) throw error;
  const endpoint = rep.last_endpoint;
  console.log(`bind: others can connect to ${endpoint}`);

  // Only one socket can have a port.
  late.bind(endpoint, (error) => {
    console.log(`bind: ${error?.message}`);
    assert.equal(error?.message, "Address already in use");

    // The library has begun to connect. It does not say that a peer is there.
    req.connect(endpoint, (error) => {
      if (error) throw error;
      console.log("connect: the library goes on by itself");
      req.send("hello");
    });
  });
});
