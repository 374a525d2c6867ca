// To everyone who is there and has asked for it. Who comes late has missed what was said
// before.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pub = zmq.socket("pub");
pub.bindSync("tcp://127.0.0.1:*");
let round = 0;
const timer = setInterval(() => {
  round++;
  for (const topic of ["weather.valencia", "weather.madrid", "traffic.valencia"]) pub.send([topic, round]);
}, 20);

listen(["weather."], (early) => {
  listen(["traffic", "weather.m"], (late) => {
    assert.deepEqual([...new Set(early.topics)].sort(), ["weather.madrid", "weather.valencia"]);
    assert.deepEqual([...new Set(late.topics)].sort(), ["traffic.valencia", "weather.madrid"]);
    assert.ok(late.first > early.first);
    console.log(`The first heard from round ${early.first} on, the second from round ${late.first} on`);
    clearInterval(timer);
    pub.close();
  });
});

function listen(prefixes, heard) {
  const sub = zmq.socket("sub");
  const topics = [];
  let first = 0;
  sub.connect(pub.last_endpoint);
  for (const prefix of prefixes) sub.subscribe(prefix); // any of them
  sub.on("message", (topic, round) => {
    if (topics.length === 0) first = Number(round);
    topics.push(String(topic));
    if (topics.length < 4) return;
    sub.close();
    heard({ topics, first });
  });
}
