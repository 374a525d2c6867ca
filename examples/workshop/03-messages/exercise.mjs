// node exercise.mjs <endpoint>
// Task: docs/workshop/03-messages.md
// Enunciado: docs/es/taller/03-messages.md
import { Pull } from "@awaitmq/core";

const pull = new Pull();
pull.connect(process.argv[2] ?? "");

for await (const message of pull) {
  const [_name, _version, operation, ...args] = String(message).split(",");
  if (operation === "end") break;
  if (operation === "add") console.log(Number(args[0]) + Number(args[1]));
}
await pull.close();
