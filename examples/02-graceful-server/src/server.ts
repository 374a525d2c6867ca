/**
 * A server for production. On SIGTERM it refuses new requests, answers the
 * running ones, and ends.
 */

import { once } from "node:events";
import { serve } from "@awaitmq/patterns";

const server = serve(
  "tcp://127.0.0.1:*",
  async ([name], { signal }) => {
    process.send?.({ begun: String(name) });
    // The work. It ends early when the client no longer waits for the reply.
    await once(process, "message", { signal });
    return `Hello, ${name}`;
  },
  { concurrency: 10, grace: 30_000 },
);

process.once("SIGTERM", () => {
  void server.stop();
  process.send?.({ stopping: true });
});

process.send?.({ endpoint: server.endpoints[0] });
await server.done;
console.log(`The server ends: ${server.stats.served} answered, ${server.stats.refused} refused`);
process.disconnect?.();
