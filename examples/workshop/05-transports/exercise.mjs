// node exercise.mjs <address> ...
// One Pull socket: bind each address in turn, and print "bound <endpoint>", with the port
// that it really has, or "refused <address> <code of the error>" and go on. Then print each
// message; end after "end".
// Un solo socket Pull: bind a cada dirección, una tras otra, y escribe "bound <dirección>",
// con el puerto que tiene de verdad, o "refused <dirección> <código del error>" y sigue.
// Después escribe cada mensaje; termina después de "end".
import { Pull } from "@awaitmq/core";

const pull = new Pull();
for (const address of process.argv.slice(2)) {
  await pull.bind(address);
  console.log(`bound ${address}`);
}
await pull.close();
