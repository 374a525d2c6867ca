/** After: the same server. `after-server.js <endpoint>` */

import { serve } from "@awaitmq/patterns";

const prices: Record<string, string> = { EUR: "1.1", CHF: "1.05", JPY: "0.007" };

const server = serve(process.argv[2] ?? "tcp://127.0.0.1:5555", ([currency]) => prices[String(currency)] ?? "unknown");
process.send?.(server.endpoints[0] ?? "");

// Running requests are still answered.
process.once("SIGTERM", () => void server.stop());
await server.done;
process.disconnect?.();
