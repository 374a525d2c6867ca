// node exercise.mjs <url> ...
// Task: docs/workshop/01-what-it-is.md
// Enunciado: docs/es/taller/01-what-it-is.md
import { Push } from "@awaitmq/core";

const [url] = process.argv.slice(2);
const push = new Push();
push.connect(url ?? "");
