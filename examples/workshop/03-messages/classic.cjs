// A message has one or more segments. All of them arrive, or none. Each carries
// its length, so its content is never taken for a separator.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pull = zmq.socket("pull");
const push = zmq.socket("push");
const arrived = [];

pull.on("message", (...segments) => {
  console.log(
    segments.map((segment) => `${segment.length} B "${segment}"`).join(", "),
  );
  arrived.push(segments);
  if (arrived.length < 3) return;
  assert.deepEqual(arrived[0]?.map(String), [
    "calculator",
    "1",
    "add",
    "2",
    "3",
  ]);
  assert.deepEqual(JSON.parse(String(arrived[1]?.[1])), {
    text: "any, character | at all\n",
  });
  assert.deepEqual(arrived[2], [
    Buffer.from([0, 255, 10]),
    Buffer.alloc(0),
    Buffer.from("end"),
  ]);
  push.close();
  pull.close();
});

pull.bindSync("tcp://127.0.0.1:*");
push.connect(pull.last_endpoint);
// One segment per argument. Numbers travel as text.
push.send(["calculator", "1", "add", 2, 3]);
// The program chooses what a segment contains.
push.send(["json", JSON.stringify({ text: "any, character | at all\n" })]);
// Bytes, and an empty segment.
push.send([Buffer.from([0, 255, 10]), "", "end"]);
