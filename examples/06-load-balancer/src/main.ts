/**
 * A broker and three worker processes: one fast, one slow, and one that is
 * killed during a request. The broker gives requests to ready workers, and a
 * dead worker's requests to another worker. Every request is answered.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { balance, RequestClient } from "@awaitmq/patterns";

const requests = 300;

const broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
const [clients = "", workers = ""] = broker.endpoints;

const start = (name: string, pace: number) =>
  fork(new URL("./worker.js", import.meta.url), [workers, name, String(pace)]);
const client = new RequestClient({ connect: clients, timeout: 60_000 });
const shares = new Map<string, number>();
async function ask(number: number): Promise<void> {
  const [worker, echo] = await client.request(String(number));
  assert.equal(String(echo), String(number));
  shares.set(String(worker), (shares.get(String(worker)) ?? 0) + 1);
}

const doomed = start("doomed", 60_000);
const calls = [ask(1)]; // goes to the only worker that is connected
await once(doomed, "message");
const others = [start("quick", 2), start("slow", 20)];
const ended = Promise.all(others.map((worker) => once(worker, "exit")));
let begun = 0;
for (const worker of others) worker.once("message", () => begun++);
// Wait until both processes have started and taken a request.
while (begun < others.length) await client.request("Is everybody there?");

while (calls.length < requests) calls.push(ask(calls.length + 1));
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
await broker.stop();
assert.equal(broker.stats.unanswered, 0);
for (const worker of others) worker.disconnect();
for (const [code] of await ended) assert.equal(code, 0);
console.log(`All ${requests} requests were answered`);
