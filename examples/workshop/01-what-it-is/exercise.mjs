// node exercise.mjs <url> ...
// Say hello to each of the URLs: one message "hello from <process id>" to each, whatever its
// transport. Then end.
// Saluda a cada una de las URL: un mensaje "hello from <id del proceso>" a cada una, sea cual
// sea su transporte. Después termina.
import { Push } from "@awaitmq/core";

const [url] = process.argv.slice(2);
const push = new Push();
push.connect(url ?? "");
