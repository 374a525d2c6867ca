/** A worker thread: takes ranges, gives its number and how many primes there are, until it is told to stop. */

import { parentPort, workerData } from "node:worker_threads";
import { work } from "@awaitmq/patterns";
import { countPrimes } from "./primes.ts";
import type { WorkerSettings } from "./workers.ts";

const { id, tasks, results, rangeLength } = workerData as WorkerSettings & { readonly id: number };
// A mark of one: what a worker has not begun stays with the ventilator, for whoever is free.
const worker = work(
  { connect: tasks, socket: { receiveHighWaterMark: 1 } },
  ([from]) => [String(id), String(countPrimes(Number(from), rangeLength))],
  { results },
);
parentPort?.once("message", () => worker.stop());
await worker.done;
