// A req with the identity "peer 1", and one without. The router puts the
// identity in front of a request, and sends a reply by it.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const router = zmq.socket("router");
router.bindSync("tcp://127.0.0.1:*");
let open = 2;

router.on("message", (identity, delimiter, request) => {
  // The router generates five bytes, the first of them 0: they are no text.
  const name =
    identity[0] === 0
      ? `a peer with an identity of ${identity.length} bytes`
      : identity;
  console.log(`router gets [${name}, "${delimiter}", "${request}"]`);
  assert.equal(delimiter.length, 0);
  router.send([identity, "", `You are ${name}`]);
});
// No such peer: dropped silently.
router.send(["nobody", "", "to whom?"]);

ask("peer 1", "You are peer 1");
ask("", "You are a peer with an identity of 5 bytes");

function ask(identity, expected) {
  const req = zmq.socket("req");
  if (identity !== "") req.identity = identity;
  req.connect(router.last_endpoint);
  req.send("Who am I?");
  req.on("message", (...segments) => {
    console.log(`req gets ["${segments.join('", "')}"]`);
    assert.deepEqual(segments.map(String), [expected]);
    req.close();
    open--;
    if (open === 0) router.close();
  });
}
