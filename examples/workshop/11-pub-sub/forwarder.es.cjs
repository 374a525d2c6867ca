// Un intermediario entre publicadores y suscriptores: el xsub mira a los
// publicadores, y el xpub, a los suscriptores.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const xsub = zmq.socket("xsub");
const xpub = zmq.socket("xpub");
xsub.bindSync("tcp://127.0.0.1:*");
xpub.bindSync("tcp://127.0.0.1:*");

xsub.on("message", (...segments) => xpub.send(segments));
xpub.on("message", (subscription) => {
  // El primer byte es 1 si es un alta y 0 si es una baja; después va el
  // prefijo.
  console.log(`${subscription[0]} "${subscription.subarray(1)}"`);
  assert.equal(subscription.subarray(1).toString(), "weather.");
  xsub.send(subscription);
});

// Ningún lado conoce al otro: los dos conocen solo al intermediario.
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
