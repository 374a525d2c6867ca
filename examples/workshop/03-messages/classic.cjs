// A message is one or more segments, that arrive all or none. Each has its length: no text
// in it is ever taken for a border.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pull = zmq.socket("pull");
const push = zmq.socket("push");
const arrived = [];

pull.on("message", (...segments) => {
  console.log(segments.map((segment) => `${segment.length} B "${segment}"`).join(", "));
  arrived.push(segments);
  if (arrived.length < 3) return;
  assert.deepEqual(arrived[0]?.map(String), ["calculator", "1", "add", "2", "3"]);
  assert.deepEqual(JSON.parse(String(arrived[1]?.[1])), { text: "any, character | at all\n" });
  assert.deepEqual(arrived[2], [Buffer.from([0, 255, 10]), Buffer.alloc(0), Buffer.from("end")]);
  push.close();
  pull.close();
});

pull.bindSync("tcp://127.0.0.1:*");
push.connect(pull.last_endpoint);
push.send(["calculator", "1", "add", 2, 3]); // a segment an argument: numbers travel as text
push.send(["json", JSON.stringify({ text: "any, character | at all\n" })]); // what is in a segment is the program's choice
push.send([Buffer.from([0, 255, 10]), "", "end"]); // bytes, and an empty segment
