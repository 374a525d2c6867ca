// Una petición, y tantas respuestas como quiera su cliente. El servidor nunca
// se adelanta mucho a un lector lento, y acaba cuando el lector se va.
import assert from "node:assert/strict";
import { RequestClient, serve } from "@awaitmq/patterns";

let made = 0;
let finished = false;
const counter = serve("tcp://127.0.0.1:*", async function* () {
  try {
    for (;;) {
      made++;
      yield String(made); // Espera aquí cuando se agota el crédito.
    }
  } finally {
    finished = true;
  }
});
const client = new RequestClient({ connect: counter.endpoints });

const window = { items: 10 }; // El crédito: lo enviado y aún no leído.
for await (const [number] of client.stream("count", { window })) {
  console.log(`client gets ${number}`);
  if (String(number) === "3") break; // Espera al finally del servidor.
}
console.log(`the client wanted 3 numbers, the server made ${made}`);
assert.ok(made <= 10);
assert.ok(finished);

// El otro sentido: la entrada llega tan deprisa como la lee el servidor.
const adder = serve("tcp://127.0.0.1:*", async function* (_request, { input }) {
  let sum = 0;
  for await (const [number] of input) {
    sum += Number(number);
    yield String(sum);
    if (sum > 5) return; // Salir del bucle avisa al cliente.
  }
});
const adding = new RequestClient({ connect: adder.endpoints });

/** @type {number[]} */
const sums = [];
const stream = adding.stream("add", { input: ["1", "2", "3", "4"] });
for await (const [sum] of stream) sums.push(Number(sum));
console.log("sums", sums);
assert.deepEqual(sums, [1, 3, 6]);

await Promise.all([client.close(), adding.close()]);
await Promise.all([counter.stop(), adder.stop()]);
