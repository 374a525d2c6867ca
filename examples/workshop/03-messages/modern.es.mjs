// Un mensaje tiene uno o más segmentos (frames). Llegan todos o ninguno. Cada
// uno lleva su longitud, así que su contenido nunca se confunde con un
// separador.
import assert from "node:assert/strict";
import { Pull, Push } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

// Un segmento por argumento.
await push.send(["calculator", "1", "add", "2", "3"]);
await push.send([
  // El programa elige qué contiene un segmento.
  "json",
  JSON.stringify({ text: "any, character | at all\n" }),
]);
// Bytes, y un segmento vacío.
await push.send([Buffer.from([0, 255, 10]), null, "end"]);

// @ts-expect-error Cómo viaja un número lo decide el programa.
await assert.rejects(push.send(["add", 2, 3]), TypeError);

const [request, json, bytes] = [
  await pull.receive(),
  await pull.receive(),
  await pull.receive(),
];
for (const frames of [request, json, bytes]) {
  console.log(frames.map((frame) => `${frame.length} B "${frame}"`).join(", "));
}
assert.deepEqual(request.map(String), ["calculator", "1", "add", "2", "3"]);
assert.deepEqual(JSON.parse(String(json[1])), {
  text: "any, character | at all\n",
});
assert.deepEqual(bytes, [
  Buffer.from([0, 255, 10]),
  Buffer.alloc(0),
  Buffer.from("end"),
]);

await push.close();
await pull.close();
