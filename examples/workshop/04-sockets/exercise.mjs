// node exercise.mjs <listen here> <connect there> <connect there>
// Task: docs/workshop/04-sockets.md
// Enunciado: docs/es/taller/04-sockets.md
import { Pull } from "@awaitmq/core";

const [here, there] = process.argv.slice(2);
const pull = new Pull();
await pull.bind(here ?? "");
pull.connect(there ?? "");
const [text] = await pull.receive();
console.log(`${text}`);
await pull.close();
