// A pair socket has one peer, and both send when they like: no turns, no order
// between the two directions.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const left = zmq.socket("pair");
const right = zmq.socket("pair");
const heard = [];

left.bindSync("inproc://pair");
right.connect("inproc://pair");

// Two messages in one direction, and none in the other yet: a req could not do
// that.
left.send("one");
left.send("two");

right.on("message", (text) => right.send(`${text} has arrived`));
left.on("message", (text) => {
  console.log(`${text}`);
  heard.push(String(text));
  if (heard.length < 2) return;
  assert.deepEqual(heard, ["one has arrived", "two has arrived"]);
  left.close();
  right.close();
});
