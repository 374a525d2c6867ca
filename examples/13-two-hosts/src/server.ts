/**
 * A server on the second host: `server.js <endpoint>`. It contains nothing that
 * is specific to two hosts.
 */

import { serve } from "@awaitmq/patterns";

const server = serve(process.argv[2] ?? "", ([question]) => `${question}!`);
process.once("SIGTERM", () => void server.stop());
console.log("ready");
await server.done;
