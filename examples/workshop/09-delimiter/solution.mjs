import { Dealer } from "@awaitmq/core";

const [endpoint, n] = process.argv.slice(2);
const dealer = new Dealer();
dealer.connect(endpoint ?? "");
for (let request = 1; request <= Number(n); request++)
  await dealer.send([null, String(request)]);
for (let answer = 1; answer <= Number(n); answer++) {
  const [, body] = await dealer.receive();
  console.log(`${body}`);
}
await dealer.close();
