// node exercise.mjs <tasks> <results>
// Task: docs/workshop/10-push-pull.md
// Enunciado: docs/es/taller/10-push-pull.md
import { Pull } from "@awaitmq/core";

const [from, _to] = process.argv.slice(2);
const tasks = new Pull();
tasks.connect(from ?? "");
const [task] = await tasks.receive();
console.log(Number(task) ** 2);
await tasks.close();
