/**
 * A worker thread: takes a range, and returns its own number and the number of
 * primes. It runs until the main thread stops it.
 */

import { parentPort, workerData } from "node:worker_threads";
import { work } from "@awaitmq/patterns";
import { countPrimes } from "./primes.ts";
import type { WorkerSettings } from "./workers.ts";

const { id, tasks, results, rangeLength } = workerData as WorkerSettings & { readonly id: number };
// With a high-water mark of 1, pending tasks stay at the ventilator, which
// gives them to the next free worker.
const worker = work(
  { connect: tasks, socket: { receiveHighWaterMark: 1 } },
  ([from]) => [String(id), String(countPrimes(Number(from), rangeLength))],
  { results },
);
parentPort?.once("message", () => worker.stop());
await worker.done;
