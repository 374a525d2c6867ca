/**
 * A broker before three worker processes: one quick, one slow, and one that is killed with a request in its hands. Work goes to who
 * is ready, and what a dead worker had goes to another: each request is answered.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { Router } from "@awaitmq/core";
import { balance, RequestClient } from "@awaitmq/patterns";

const requests = 300;

const stop = new AbortController();
const frontend = new Router();
const backend = new Router();
const balancing = balance(frontend, backend, { signal: stop.signal }); // before bind: so it learns of workers that die
const clients = await frontend.bind("tcp://127.0.0.1:*");
const workers = await backend.bind("tcp://127.0.0.1:*");

const start = (name: string, pace: number) =>
  fork(new URL("./worker.js", import.meta.url), [workers, name, String(pace)]);
const doomed = start("doomed", 60_000);
const others = [start("quick", 2), start("slow", 20)];

const client = new RequestClient({ connect: clients, timeout: 60_000 });
const shares = new Map<string, number>();
const calls = Array.from({ length: requests }, async (_, index) => {
  const [worker, echo] = await client.request(String(index));
  assert.equal(String(echo), String(index));
  shares.set(String(worker), (shares.get(String(worker)) ?? 0) + 1);
});
await once(doomed, "message");
doomed.kill("SIGKILL");
console.log("A worker was killed while it worked");
await Promise.all(calls);

console.log("worker  requests");
for (const [worker, share] of shares) console.log(`${worker.padEnd(6)}  ${String(share).padStart(8)}`);
const { quick = 0, slow = 0, doomed: none = 0 } = Object.fromEntries(shares);
assert.equal(quick + slow, requests);
assert.equal(none, 0);
assert.ok(slow > 0 && quick > slow);

await client.close();
stop.abort(new Error("done"));
await assert.rejects(balancing, /done/);
for (const worker of others) worker.disconnect();
await Promise.all(others.map((worker) => once(worker, "exit")));
await Promise.all([frontend.close(), backend.close()]);
console.log(`All ${requests} requests were answered`);
