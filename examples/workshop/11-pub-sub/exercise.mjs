// node exercise.mjs <endpoint>
// Bind the endpoint, and publish the numbers 1 to 100 under the topic "n", in two frames;
// after them ["n", "end"]. Two subscribers will come, some time: neither may miss a number.
// Publish nothing before both are there, and do not guess when that is.
// Haz bind a la dirección, y publica los números de 1 a 100 con el tema "n", en dos segmentos;
// tras ellos ["n", "end"]. Vendrán dos suscriptores, en algún momento: ninguno puede perder un número.
// No publiques nada antes de que estén los dos, ni adivines cuándo.
import { Publisher } from "@awaitmq/core";

const publisher = new Publisher();
await publisher.bind(process.argv[2] ?? "");
for (let n = 1; n <= 100; n++) await publisher.send(["n", String(n)]);
await publisher.send(["n", "end"]);
await publisher.close();
