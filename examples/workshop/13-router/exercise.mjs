// node exercise.mjs <endpoint>
// Task: docs/workshop/13-router.md
// Enunciado: docs/es/taller/13-router.md
import { Router } from "@awaitmq/core";

const router = new Router();
await router.bind(process.argv[2] ?? "");
for await (const [from, to, text] of router) {
  await router.send([String(to), String(from), text ?? ""]);
}
