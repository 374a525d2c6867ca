// A router puts the identity of the sender in front of what it hands over, and sends to the identity that it is given first.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const router = zmq.socket("router");

router.bindSync(url);
console.log(`Listening on ${url}`);

router.on("message", function () {
  const segments = [];
  for (const i in arguments) segments.push(arguments[i]);
  const [identity, delimiter, request] = segments;
  // An identity that the router has made up starts with a zero byte.
  const name = identity[0] === 0 ? `a peer of ${identity.length} bytes` : identity;
  console.log(`${segments.length} segments from ${name}: "${delimiter}" "${request}"`);

  router.send(identity, zmq.ZMQ_SNDMORE);
  router.send("", zmq.ZMQ_SNDMORE);
  router.send(`Hello, ${name}`);
});
