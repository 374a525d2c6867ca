/** A worker thread: takes ranges, gives its number and how many primes there are, until it is told to stop. */

import { parentPort, workerData } from "node:worker_threads";
import { Pull, Push } from "@awaitmq/core";
import { work } from "@awaitmq/patterns";
import { countPrimes } from "./primes.ts";
import type { WorkerSettings } from "./workers.ts";

const { id, tasks, results, rangeLength } = workerData as WorkerSettings & { readonly id: number };
const stop = new AbortController();
parentPort?.once("message", () => stop.abort(new Error("stopped")));

// Marks of one: what a worker has not begun stays with the ventilator, for whoever is free.
await using pull = new Pull({ receiveHighWaterMark: 1 });
await using push = new Push();
pull.connect(tasks);
push.connect(results);
try {
  await work(pull, ([from]) => [String(id), String(countPrimes(Number(from), rangeLength))], {
    results: push,
    signal: stop.signal,
  });
} catch (error) {
  if (error !== stop.signal.reason) throw error;
}
