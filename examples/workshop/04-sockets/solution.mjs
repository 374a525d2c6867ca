import { Pull } from "@awaitmq/core";

const [here, ...there] = process.argv.slice(2);
const pull = new Pull();
await pull.bind(here ?? "");
for (const endpoint of there) pull.connect(endpoint);

let count = 0;
for await (const [text] of pull) {
  console.log(`${text}`);
  count += 1;
  if (count === 6) break;
}
await pull.close();
