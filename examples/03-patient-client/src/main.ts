/**
 * Shows what a client can rely on: a call ends by its deadline, can be aborted,
 * and fails over when its server dies.
 */

import assert from "node:assert/strict";
import { type Message, TimeoutError } from "@awaitmq/core";
import { RequestClient } from "@awaitmq/patterns";
import { ServerProcess } from "./servers.ts";

await using good = await ServerProcess.start();
await using stuck = await ServerProcess.start("stuck");

async function deadline(): Promise<void> {
  await using client = new RequestClient({ connect: good.endpoint });
  assert.equal(String(await client.request("quick")), "quick reply");

  const call = client.request("slow", { timeout: 1_000 });
  assert.equal((await good.told()).begun, "slow");
  await assert.rejects(call, TimeoutError);
  const { gaveUp, why } = await good.told();
  assert.equal(gaveUp, "slow");
  console.log(`Deadline: the call rejects TimeoutError, and the handler's signal aborts (${why})`);
}

async function abort(): Promise<void> {
  await using client = new RequestClient({ connect: good.endpoint });
  const givingUp = new AbortController();
  const call = client.request("unwanted", { signal: givingUp.signal });
  assert.equal((await good.told()).begun, "unwanted");
  givingUp.abort(new Error("changed my mind"));
  await assert.rejects(call, /changed my mind/);
  assert.equal((await good.told()).gaveUp, "unwanted");
  console.log("Abort: the call rejects with the signal's reason, and the handler's signal aborts");
}

async function retry(): Promise<void> {
  await using client = new RequestClient({ connect: [good.endpoint, stuck.endpoint], timeout: 60_000 });
  // The client spreads calls over the connected servers. It retries only calls
  // that are marked `idempotent`.
  const isHeld = stuck.told();
  const calls: Promise<Message>[] = [];
  for (let held: unknown; held === undefined; held = await Promise.race([isHeld, calls.at(-1)?.then(() => undefined)]))
    calls.push(client.request("quick", { idempotent: true }));
  await stuck.kill();
  for (const reply of await Promise.all(calls)) assert.equal(String(reply), "quick reply");
  const { succeeded, failed, retried } = client.stats;
  assert.deepEqual({ succeeded, failed, retried }, { succeeded: calls.length, failed: 0, retried: 1 });
  console.log("Retry: a server was killed with a call in its hands, and the other answered it");
}

await deadline();
await abort();
await retry();
