/** Serves the stock in its own process. On SIGTERM it finishes running calls, and ends. */

import { serve } from "@awaitmq/patterns";
import { health, services } from "@awaitmq/rpc";
import { stockService } from "./service.ts";

const levels = new Map([
  ["pen", 10],
  ["book", 2],
]);
const server = serve("tcp://127.0.0.1:*", services(stockService(levels), health()), { grace: 30_000 });
process.once("SIGTERM", () => void server.stop());
process.send?.(server.endpoints[0]);

await server.done;
console.log(`The server ends: ${server.stats.served} calls served, ${server.stats.failed} failed`);
process.disconnect?.();
