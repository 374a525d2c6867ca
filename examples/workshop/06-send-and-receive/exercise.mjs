// node exercise.mjs <from> <to>
// Pass on what comes from one endpoint to the other: the first frame in capitals, all others
// byte for byte. An empty message (one frame of no bytes) is passed on as well, and is the
// last.
// Pasa lo que llega de una dirección a la otra: el primer segmento en mayúsculas, los demás
// byte a byte. Un mensaje vacío (un segmento sin bytes) también se pasa, y es el último.
import { Pull, Push } from "@awaitmq/core";

const [from, to] = process.argv.slice(2);
const pull = new Pull();
const push = new Push();
pull.connect(from ?? "");
push.connect(to ?? "");

for await (const [first, ...others] of pull) {
  await push.send(String(first).toUpperCase() + others.join(""));
  if (first.length === 0 && others.length === 0) break;
}
await pull.close();
await push.close();
