// node exercise.mjs <endpoint>
// Task: docs/workshop/02-inside.md
// Enunciado: docs/es/taller/02-inside.md
import { Push } from "@awaitmq/core";

const push = new Push({ sendHighWaterMark: 5, linger: 60_000 });
push.connect(process.argv[2] ?? "");

const sending = [];
for (let n = 1; n <= 1_000; n++) {
  console.log(`made ${n}`);
  sending.push(push.send(Buffer.alloc(100_000)));
}
await Promise.all(sending);
await push.close();
