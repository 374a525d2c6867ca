// Un mensaje tiene uno o más segmentos. Llegan todos o ninguno. Cada uno lleva
// su longitud, así que su contenido nunca se confunde con un separador.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const pull = zmq.socket("pull");
const push = zmq.socket("push");
const arrived = [];

pull.on("message", (...segments) => {
  console.log(
    segments.map((segment) => `${segment.length} B "${segment}"`).join(", "),
  );
  arrived.push(segments);
  if (arrived.length < 3) return;
  assert.deepEqual(arrived[0]?.map(String), [
    "calculator",
    "1",
    "add",
    "2",
    "3",
  ]);
  assert.deepEqual(JSON.parse(String(arrived[1]?.[1])), {
    text: "any, character | at all\n",
  });
  assert.deepEqual(arrived[2], [
    Buffer.from([0, 255, 10]),
    Buffer.alloc(0),
    Buffer.from("end"),
  ]);
  push.close();
  pull.close();
});

pull.bindSync("tcp://127.0.0.1:*");
push.connect(pull.last_endpoint);
// Un segmento por argumento. Los números viajan como texto.
push.send(["calculator", "1", "add", 2, 3]);
// El programa elige qué contiene un segmento.
push.send(["json", JSON.stringify({ text: "any, character | at all\n" })]);
// Bytes, y un segmento vacío.
push.send([Buffer.from([0, 255, 10]), "", "end"]);
