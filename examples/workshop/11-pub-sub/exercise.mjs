// node exercise.mjs <endpoint>
// Task: docs/workshop/11-pub-sub.md
// Enunciado: docs/es/taller/11-pub-sub.md
import { Publisher } from "@awaitmq/core";

const publisher = new Publisher();
await publisher.bind(process.argv[2] ?? "");
for (let n = 1; n <= 100; n++) await publisher.send(["n", String(n)]);
await publisher.send(["n", "end"]);
await publisher.close();
