// A req adds an empty segment in front of each request, and a rep removes it.
// Other types of socket show it to their programs.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const router = zmq.socket("router"); // Shows all segments that travel.
const req = zmq.socket("req");
router.bindSync("tcp://127.0.0.1:*");
req.identity = "req";
req.connect(router.last_endpoint);
req.send(["add", "1", "2"]);

router.on("message", (...segments) => {
  console.log(`The router sees ${show(segments)}`);
  assert.deepEqual(segments.map(String), ["req", "", "add", "1", "2"]);
  router.send(["req", "", "3"]);
});
req.on("message", (...segments) => {
  console.log(`The req sees ${show(segments)}`);
  assert.deepEqual(segments.map(String), ["3"]);
  req.close();
  router.close();
});

const rep = zmq.socket("rep");
// Adds nothing: the program has to send the delimiter.
const dealer = zmq.socket("dealer");
rep.bindSync("tcp://127.0.0.1:*");
dealer.connect(rep.last_endpoint);
dealer.send(["without", "delimiter"]); // The rep drops it silently.
dealer.send(["", "with", "delimiter"]);

rep.on("message", (...segments) => {
  console.log(`The rep sees ${show(segments)}`);
  assert.deepEqual(segments.map(String), ["with", "delimiter"]);
  rep.send("thanks");
});
dealer.on("message", (...segments) => {
  console.log(`The dealer sees ${show(segments)}`);
  assert.deepEqual(segments.map(String), ["", "thanks"]);
  dealer.close();
  rep.close();
});

function show(segments) {
  return `[${segments.map((segment) => `"${segment}"`).join(", ")}]`;
}
