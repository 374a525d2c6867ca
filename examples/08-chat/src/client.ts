/**
 * A member: `node dist/client.js <endpoint> <name>`. It sends each line of its
 * input, and prints the messages of the others.
 */

import { createInterface } from "node:readline";
import { Dealer } from "@awaitmq/core";

const [endpoint = "tcp://127.0.0.1:5555", name = process.env.USER ?? "somebody"] = process.argv.slice(2);
const dealer = new Dealer();
dealer.connect(endpoint);
await dealer.send(name);

const listening = listen();
for await (const line of createInterface({ input: process.stdin })) await dealer.send(line);
await dealer.close(); // ends the loop in listen()
await listening;

async function listen(): Promise<void> {
  for await (const [from, text] of dealer) console.log(`${from}: ${text}`);
}
