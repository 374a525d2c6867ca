// Todas las formas de send, y la única manera de recibir: un evento por
// mensaje, con un argumento por segmento.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pull = zmq.socket("pull");
const push = zmq.socket("push");
const arrived = [];

pull.on("message", function () {
  const segments = [];
  for (const i in arguments) segments.push(String(arguments[i]));
  console.log(segments.join(" | "));
  arrived.push(segments);
  if (arrived.length < 5) return;
  assert.deepEqual(arrived, [
    ["text"],
    ["bytes"],
    ["Esto", "es", "un", "mensaje"],
    ["uno", "dos"],
    ["three", "at", "once"],
  ]);
  push.close();
  pull.close();
});

pull.bindSync("tcp://127.0.0.1:*");
push.connect(pull.last_endpoint);
push.send("text");
push.send(Buffer.from("bytes"));
// Un array es un solo mensaje de varios segmentos.
push.send(["Esto", "es", "un", "mensaje"]);
push.send("uno", zmq.ZMQ_SNDMORE); // Siguen más segmentos.
push.send("dos");
push.send("three", "at", "once");
// Eso no dice nada del receptor.
console.log("send has returned, which says nothing about the receiver");
