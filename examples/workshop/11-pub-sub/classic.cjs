// A publisher sends to every connected subscriber that has asked for the topic.
// A late subscriber has missed the earlier messages.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pub = zmq.socket("pub");
pub.bindSync("tcp://127.0.0.1:*");
let round = 0;
const timer = setInterval(() => {
  round++;
  for (const topic of [
    "weather.valencia",
    "weather.madrid",
    "traffic.valencia",
  ])
    pub.send([topic, round]);
}, 20);

listen(["weather."], (early) => {
  listen(["traffic", "weather.m"], (late) => {
    assert.deepEqual([...new Set(early.topics)].sort(), [
      "weather.madrid",
      "weather.valencia",
    ]);
    assert.deepEqual([...new Set(late.topics)].sort(), [
      "traffic.valencia",
      "weather.madrid",
    ]);
    assert.ok(late.first > early.first);
    console.log(
      `First round of one: ${early.first}, of the other: ${late.first}`,
    );
    clearInterval(timer);
    pub.close();
  });
});

function listen(prefixes, heard) {
  const sub = zmq.socket("sub");
  const topics = [];
  let first = 0;
  sub.connect(pub.last_endpoint);
  // A message needs to match one of them.
  for (const prefix of prefixes) sub.subscribe(prefix);
  sub.on("message", (topic, round) => {
    if (topics.length === 0) first = Number(round);
    topics.push(String(topic));
    if (topics.length < 4) return;
    sub.close();
    heard({ topics, first });
  });
}
