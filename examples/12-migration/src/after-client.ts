/**
 * After: the same client. `after-client.js <endpoint>`. `RequestClient`
 * replaces the timer and the new sockets.
 */

import { createInterface } from "node:readline";
import { RequestClient } from "@awaitmq/patterns";

const client = new RequestClient({
  connect: process.argv[2] ?? "",
  timeout: 60_000,
  retry: { attempts: 50, attemptTimeout: 500 },
});

for await (const currency of createInterface({ input: process.stdin })) {
  const [price] = await client.request(currency, { idempotent: true });
  console.log(`${currency} ${price}`);
}
await client.close();
