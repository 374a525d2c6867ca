/**
 * A service that logs: `service.js <sink's endpoint> <name> <lines>`. It sends
 * a line again until it is answered, and only then the next one. So the lines
 * of a service are in order.
 */

import { RequestClient } from "@awaitmq/patterns";

const [sink = "", service = "", lines = "0"] = process.argv.slice(2);
const client = new RequestClient({
  connect: sink,
  timeout: 60_000, // the sink may be down for so long
  retry: { attempts: 1_000, attemptTimeout: 1_000, maxDelay: 100, budget: 1 },
});

for (let number = 1; number <= Number(lines); number++) {
  // Idempotent: the sink knows the numbers that it has, so the client may retry
  // a request of unknown fate.
  await client.request(JSON.stringify({ service, number, text: `line ${number}` }), { idempotent: true });
  if (number % 100 === 0) process.send?.(number);
}
await client.close();
