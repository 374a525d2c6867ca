/** A server on the second host: `server.js <endpoint>`. Nothing in it knows that the other side is another host. */

import { serve } from "@awaitmq/patterns";

const server = serve(process.argv[2] ?? "", ([question]) => `${question}!`);
process.once("SIGTERM", () => void server.stop());
console.log("ready");
await server.done;
