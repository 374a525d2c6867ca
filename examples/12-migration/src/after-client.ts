/** After: the same client. `after-client.js <endpoint> <currency> ...` The timer, the new socket and more are the client's own affair. */

import { RequestClient } from "@awaitmq/patterns";

const [endpoint = "", ...currencies] = process.argv.slice(2);
const client = new RequestClient({ connect: endpoint, timeout: 20_000, retry: { attempts: 50, attemptTimeout: 500 } });

for (const currency of currencies) {
  const [price] = await client.request(currency, { idempotent: true });
  console.log(`${currency} ${price}`);
}
await client.close();
