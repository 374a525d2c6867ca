// A forwarder between publishers and subscribers: xsub faces the publishers,
// xpub faces the subscribers.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const xsub = zmq.socket("xsub");
const xpub = zmq.socket("xpub");
xsub.bindSync("tcp://127.0.0.1:*");
xpub.bindSync("tcp://127.0.0.1:*");

xsub.on("message", (...segments) => xpub.send(segments));
xpub.on("message", (subscription) => {
  // The first byte is 1 to subscribe and 0 to unsubscribe; the prefix follows.
  console.log(`${subscription[0]} "${subscription.subarray(1)}"`);
  assert.equal(subscription.subarray(1).toString(), "weather.");
  xsub.send(subscription);
});

// Neither side knows the other: both know only the forwarder.
const sub = zmq.socket("sub");
sub.connect(xpub.last_endpoint);
sub.subscribe("weather.");
const pubs = ["valencia", "madrid"].map((city) => {
  const pub = zmq.socket("pub");
  pub.connect(xsub.last_endpoint);
  return { pub, city };
});
const timer = setInterval(() => {
  for (const { pub, city } of pubs) {
    pub.send([`traffic.${city}`, "dense"]);
    pub.send([`weather.${city}`, "sunny"]);
  }
}, 20);

const topics = new Set();
sub.on("message", (topic) => {
  topics.add(String(topic));
  if (topics.size < 2) return;
  clearInterval(timer);
  console.log(topics);
  assert.deepEqual([...topics].sort(), ["weather.madrid", "weather.valencia"]);
  for (const socket of [sub, xsub, xpub, ...pubs.map(({ pub }) => pub)]) {
    socket.close();
  }
});
