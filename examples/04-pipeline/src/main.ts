/**
 * Counts primes with three worker threads:
 *
 *     sendAll --> Pull, work (one thread each), Push --> collect
 *
 * A worker takes a task when it has room, so a fast worker does more tasks than
 * a slow one.
 */

import assert from "node:assert/strict";
import { Push } from "@awaitmq/core";
import { collect } from "@awaitmq/patterns";
import { countPrimes } from "./primes.ts";
import { Progress } from "./progress.ts";
import { startWorkers } from "./workers.ts";

const rangeLength = 5_000;
const ranges = Array.from({ length: 200 }, (_, index) => String(index * rangeLength));

await using tasks = new Push({ sendHighWaterMark: 1 });
await using results = collect("tcp://127.0.0.1:*", { count: ranges.length, timeout: 60_000 });
const endpoints = { tasks: await tasks.bind("tcp://127.0.0.1:*"), results: results.endpoints };
// Before the workers start: ready() counts connections from now on.
const connected = tasks.ready({ peers: 3 });
await using _workers = await startWorkers(3, { ...endpoints, rangeLength });
await connected;

const sending = tasks.sendAll(ranges);
const shares = new Map<string, number>();
let primes = 0;
{
  using progress = new Progress(ranges.length);
  for await (const [worker, count] of results) {
    assert.ok(worker && count);
    primes += Number(count);
    shares.set(String(worker), (shares.get(String(worker)) ?? 0) + 1);
    progress.step();
  }
}
assert.equal(await sending, ranges.length);

for (const [worker, share] of [...shares].sort()) console.log(`worker ${worker} did ${share} ranges`);
assert.equal(
  [...shares.values()].reduce((sum, share) => sum + share),
  ranges.length,
);
assert.equal(primes, 78_498);
assert.equal(countPrimes(0, rangeLength), 669);
console.log(`${primes.toLocaleString("en")} primes below ${(ranges.length * rangeLength).toLocaleString("en")}`);
