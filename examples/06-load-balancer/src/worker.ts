/** A worker: `worker.js <endpoint of the broker> <its name> <milliseconds a request takes>`. */

import { setTimeout as sleep } from "node:timers/promises";
import { serveBalanced } from "@awaitmq/patterns";

const [broker = "", name = "", pace = "0"] = process.argv.slice(2);
const worker = serveBalanced(broker, async ([request]) => {
  process.send?.("begun");
  await sleep(Number(pace));
  return [name, request ?? null];
});
process.once("disconnect", () => void worker.stop());
await worker.done;
