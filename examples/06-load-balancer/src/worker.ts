/**
 * A worker: `worker.js <broker's endpoint> <name> <milliseconds per request>`.
 */

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
