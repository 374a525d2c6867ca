/**
 * Starts the stock service in another process and calls it: a value, a wrong
 * input, a failure, and a stream that ends because the service stops.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { RequestClient, SchemaError } from "@awaitmq/patterns";
import { remote } from "@awaitmq/rpc";
import { stock } from "./contract.ts";
import { order } from "./order.ts";

const server = fork(new URL("./server.js", import.meta.url));
const ended = once(server, "exit");
const [endpoint] = await once(server, "message");

await using client = new RequestClient({ connect: endpoint, timeout: 60_000 });
const service = remote(stock, client);

const pens = await service.count({ item: "pen" });
assert.deepEqual(pens, { item: "pen", left: 10 });
console.log(`There are ${pens.left} pens`);

await assert.rejects(service.take({ item: "pen", pieces: 0.5 }), (error) => {
  assert.ok(error instanceof SchemaError);
  assert.deepEqual(error.issues[0]?.path, ["pieces"]);
  console.log("Half a pen was refused before it was sent");
  return true;
});

const seen: string[] = [];
for await (const { item, left } of service.watch()) {
  seen.push(`${item} ${left}`);
  if (seen.length === 2) {
    const missing = await order(service, [
      { item: "pen", pieces: 3 },
      { item: "book", pieces: 5 },
      { item: "boat", pieces: 1 },
    ]);
    assert.deepEqual(missing, [
      { item: "book", left: 2 },
      { item: "boat", left: 0 },
    ]);
    console.log(`Missing: ${missing.map(({ item, left }) => `${item}, ${left} left`).join("; ")}`);
  }
  if (seen.length === 3) server.kill("SIGTERM");
}
assert.deepEqual(seen, ["pen 10", "book 2", "pen 7"]);
console.log("The watch ended without an error, because the server stops");

assert.deepEqual(await ended, [0, null]);
console.log("The server's process ended by itself, with 0");
