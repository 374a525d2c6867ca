/** A server as one would deploy it: on SIGTERM it takes no more requests, answers those it has, and ends. */

import { once } from "node:events";
import { serve } from "@awaitmq/patterns";

const server = serve(
  "tcp://127.0.0.1:*",
  async ([name], { signal }) => {
    process.send?.({ begun: String(name) });
    await once(process, "message", { signal }); // work, that ends early where nobody waits for the reply any more
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
