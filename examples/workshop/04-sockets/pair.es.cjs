// Un socket pair tiene un solo par, y los dos envían cuando quieren: sin turnos
// y sin un orden entre los dos sentidos.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const left = zmq.socket("pair");
const right = zmq.socket("pair");
const heard = [];

left.bindSync("inproc://pair");
right.connect("inproc://pair");

// Dos mensajes en un sentido, y ninguno aún en el otro: un req no podría.
left.send("one");
left.send("two");

right.on("message", (text) => right.send(`${text} has arrived`));
left.on("message", (text) => {
  console.log(`${text}`);
  heard.push(String(text));
  if (heard.length < 2) return;
  assert.deepEqual(heard, ["one has arrived", "two has arrived"]);
  left.close();
  right.close();
});
