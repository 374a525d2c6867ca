/**
 * A client on the first host: `client.js <endpoint>`. It calls repeatedly, and
 * prints the outcome of each call.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { RequestClient } from "@awaitmq/patterns";

const client = new RequestClient({ connect: process.argv[2] ?? "", timeout: 500 });
let open = true;
process.once("SIGTERM", () => {
  open = false;
});

for (let number = 1; open; number++) {
  try {
    console.log(`answered: ${await client.request(`question ${number}`)}`);
  } catch (error) {
    console.log(`failed: ${(error as { code?: string }).code}`);
  }
  await sleep(20);
}
await client.close();
