// Las dos opciones que importan primero: un nombre, que se pone antes de
// conectar, y los temas que se quieren recibir.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const [router, dealer] = [zmq.socket("router"), zmq.socket("dealer")];
const [pub, sub] = [zmq.socket("xpub"), zmq.socket("sub")];

router.bindSync("tcp://127.0.0.1:*");
dealer.identity = "peer 1"; // Antes de connect: viaja en el saludo.
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
// En cualquier momento: los temas que empiezan por estos bytes.
sub.subscribe("weather.");
sub.subscribe("end");

let subscriptions = 0;
pub.on("message", () => {
  subscriptions++;
  // Un xpub recibe cada suscripción como mensaje. Un pub, no.
  if (subscriptions < 2) return;
  for (const topic of ["traffic.valencia", "weather.valencia", "end"])
    pub.send([topic, "..."]);
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
