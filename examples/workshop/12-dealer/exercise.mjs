// node exercise.mjs <endpoint>
// Task: docs/workshop/12-dealer.md
// Enunciado: docs/es/taller/12-dealer.md
import { Dealer } from "@awaitmq/core";

const dealer = new Dealer();
dealer.connect(process.argv[2] ?? "");
for await (const [delimiter, body] of dealer) {
  await dealer.send([delimiter, String(body).toUpperCase()]);
  if (String(body) === "end") break;
}
await dealer.close();
