// Un publicador envía a todos los suscriptores conectados que han pedido el
// tema. Uno que llega tarde se ha perdido los mensajes anteriores.
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
  // Basta con que un mensaje coincida con uno.
  for (const prefix of prefixes) sub.subscribe(prefix);
  sub.on("message", (topic, round) => {
    if (topics.length === 0) first = Number(round);
    topics.push(String(topic));
    if (topics.length < 4) return;
    sub.close();
    heard({ topics, first });
  });
}
