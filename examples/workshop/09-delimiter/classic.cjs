// The empty segment in front, which a req adds and a rep takes away: programs see it only
// where neither of the two stands.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const router = zmq.socket("router"); // hands over all that travels
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
const dealer = zmq.socket("dealer"); // sends just what it is given, so the delimiter is the program's task
rep.bindSync("tcp://127.0.0.1:*");
dealer.connect(rep.last_endpoint);
dealer.send(["without", "delimiter"]); // the rep drops it, without a word
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
