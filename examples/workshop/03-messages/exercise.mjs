// node exercise.mjs <endpoint>
// A calculator. Each message has the frames "calculator", version "1", an operation and its
// arguments. Print one line for each:
//   add <a> <b>      their sum
//   join <text> ...  the texts, one behind the other
//   count ...        how many arguments there are
// Leave out a message with another name or another version. End after "end".
// Una calculadora. Cada mensaje tiene los segmentos "calculator", la versión "1", una
// operación y sus argumentos. Escribe una línea por cada uno: add, la suma; join, los textos
// uno tras otro; count, cuántos argumentos hay. Pasa por alto los mensajes con otro nombre u
// otra versión. Termina después de "end".
import { Pull } from "@awaitmq/core";

const pull = new Pull();
pull.connect(process.argv[2] ?? "");

for await (const message of pull) {
  const [_name, _version, operation, ...args] = String(message).split(",");
  if (operation === "end") break;
  if (operation === "add") console.log(Number(args[0]) + Number(args[1]));
}
await pull.close();
