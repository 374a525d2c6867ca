// La misma cola, con un límite visible: send se resuelve cuando la cola ha
// aceptado el mensaje, y espera mientras está llena.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push, TimeoutError } from "@awaitmq/core";

const url = `ipc://${tmpdir()}/inside-${process.pid}`;
// immediate: false crea la cola al instante, como el paquete clásico. Por
// defecto existe cuando se ha conectado un par.
const push = new Push({ sendHighWaterMark: 5, immediate: false });
push.connect(url);

for (let n = 1; n <= 5; n++) await push.send(`message ${n}`);
await assert.rejects(push.send("message 6", { timeout: 50 }), TimeoutError);
console.log(
  "5 messages are in the queue, a sixth found no room, and nobody is there",
);

const pull = new Pull();
await pull.bind(url);
const texts = [];
for await (const batch of pull.batches()) {
  // Los mensajes que esperaban salen en pocas escrituras, y por eso llegan
  // juntos.
  console.log(`${batch.length} came at one go`);
  texts.push(...batch.map(String));
  if (texts.length === 5) break;
}
assert.deepEqual(texts, [
  "message 1",
  "message 2",
  "message 3",
  "message 4",
  "message 5",
]);

await push.close();
await pull.close();
