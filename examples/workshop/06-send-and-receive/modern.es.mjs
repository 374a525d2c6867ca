// Una forma de send, cuya promesa se resuelve cuando la biblioteca ha aceptado
// el mensaje, y varias maneras de recibir.
import assert from "node:assert/strict";
import { Pull, Push, TimeoutError } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

await push.send("text");
await push.send(Buffer.from("bytes"));
// Un array es un solo mensaje de varios segmentos.
await push.send(["This", "is", "one", "message"]);
// Tres mensajes, uno detrás del otro.
await push.sendAll(["first", "second", "third"]);

const [text] = await pull.receive(); // Un mensaje.
assert.equal(String(text), "text");

const seen = [];
for await (const message of pull) {
  // Los mensajes a medida que llegan.
  seen.push(message.map(String));
  // Deja el socket abierto, con los demás mensajes dentro.
  if (seen.length === 2) break;
}
assert.deepEqual(seen, [["bytes"], ["This", "is", "one", "message"]]);

// Pueden pedir a la vez tantos lectores como se quiera.
const rest = await Promise.all([
  pull.receive(),
  pull.receive(),
  pull.receive(),
]);
assert.deepEqual(rest.map(String), ["first", "second", "third"]);
// Un límite para la espera.
await assert.rejects(pull.receive({ timeout: 20 }), TimeoutError);
console.log(`${String(text)}; ${seen.join("; ")}; ${rest.join("; ")}`);

await push.close();
await pull.close();
