// node exercise.mjs <address> ...
// Task: docs/workshop/05-transports.md
// Enunciado: docs/es/taller/05-transports.md
import { Pull } from "@awaitmq/core";

const pull = new Pull();
for (const address of process.argv.slice(2)) {
  await pull.bind(address);
  console.log(`bound ${address}`);
}
await pull.close();
