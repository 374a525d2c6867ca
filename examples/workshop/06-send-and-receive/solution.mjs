import { Pull, Push } from "@awaitmq/core";

const [from, to] = process.argv.slice(2);
const pull = new Pull();
const push = new Push();
pull.connect(from ?? "");
push.connect(to ?? "");

for await (const [first, ...others] of pull) {
  await push.send([String(first).toUpperCase(), ...others]);
  if (first.length === 0 && others.length === 0) break;
}
await pull.close();
await push.close();
