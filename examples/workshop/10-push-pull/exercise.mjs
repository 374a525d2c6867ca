// node exercise.mjs <tasks> <results>
// A worker: takes numbers from one endpoint, and sends each with its square to the other, as
// two frames. An empty message ends it.
// Un trabajador: toma números de una dirección, y envía cada uno con su cuadrado a la otra, en
// dos segmentos. Un mensaje vacío lo termina.
import { Pull } from "@awaitmq/core";

const [from, _to] = process.argv.slice(2);
const tasks = new Pull();
tasks.connect(from ?? "");
const [task] = await tasks.receive();
console.log(Number(task) ** 2);
await tasks.close();
