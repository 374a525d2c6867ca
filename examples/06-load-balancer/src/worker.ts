/** A worker: `worker.js <endpoint of the broker> <its name> <milliseconds a request takes>`. */

import { setTimeout as sleep } from "node:timers/promises";
import { Dealer } from "@awaitmq/core";
import { serveBalanced } from "@awaitmq/patterns";

const [broker = "", name = "", pace = "0"] = process.argv.slice(2);
const dealer = new Dealer();
dealer.connect(broker);
process.once("disconnect", () => void dealer.close());

await serveBalanced(dealer, async ([request]) => {
  process.send?.("begun");
  await sleep(Number(pace));
  return [name, request ?? null];
});
