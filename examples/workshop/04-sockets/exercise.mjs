// node exercise.mjs <listen here> <connect there> <connect there>
// One Pull socket with three endpoints: bind the first, connect to the other two, which may
// not be there yet. Print each message. End after six of them.
// Un solo socket Pull con tres direcciones: bind a la primera, connect a las otras dos, que
// quizá aún no existan. Escribe cada mensaje. Termina después de seis.
import { Pull } from "@awaitmq/core";

const [here, there] = process.argv.slice(2);
const pull = new Pull();
await pull.bind(here ?? "");
pull.connect(there ?? "");
const [text] = await pull.receive();
console.log(`${text}`);
await pull.close();
