// Un req añade un segmento vacío delante de cada petición, y un rep lo quita.
// Los demás tipos de socket lo muestran a sus programas.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const router = zmq.socket("router"); // Muestra todos los segmentos que viajan.
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
// No añade nada: el delimitador lo envía el programa.
const dealer = zmq.socket("dealer");
rep.bindSync("tcp://127.0.0.1:*");
dealer.connect(rep.last_endpoint);
dealer.send(["without", "delimiter"]); // El rep lo descarta sin avisar.
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
