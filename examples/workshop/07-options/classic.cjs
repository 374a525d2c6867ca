// The two options that come first: who one is (before connecting), and what one wants to
// hear.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const [router, dealer] = [zmq.socket("router"), zmq.socket("dealer")];
const [pub, sub] = [zmq.socket("xpub"), zmq.socket("sub")];

router.bindSync("tcp://127.0.0.1:*");
dealer.identity = "peer 1"; // before connect: a router learns it when the connection is made
dealer.connect(router.last_endpoint);
dealer.send("hello");

router.on("message", (identity, text) => {
  assert.deepEqual([String(identity), String(text)], ["peer 1", "hello"]);
  console.log(`${identity} says ${text}`);
  dealer.close();
  router.close();
});

pub.bindSync("tcp://127.0.0.1:*");
sub.connect(pub.last_endpoint);
sub.subscribe("weather."); // at any time: what begins with these bytes
sub.subscribe("end");

let subscriptions = 0;
pub.on("message", () => {
  subscriptions++;
  if (subscriptions < 2) return; // an xpub socket is told of each subscription; a pub socket knows of them, and does not tell
  for (const topic of ["traffic.valencia", "weather.valencia", "end"]) pub.send([topic, "..."]);
});

const topics = [];
sub.on("message", (topic) => {
  console.log(`Heard of ${topic}`);
  topics.push(String(topic));
  if (topics.length < 2) return;
  assert.deepEqual(topics, ["weather.valencia", "end"]);
  sub.close();
  pub.close();
});
