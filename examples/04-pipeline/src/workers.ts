/** Starts the worker threads, and stops them at the end of their scope. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface WorkerSettings {
  /** The endpoints of tasks and of results. */
  readonly tasks: string;
  readonly results: readonly string[];
  readonly rangeLength: number;
}

export async function startWorkers(count: number, settings: WorkerSettings): Promise<AsyncDisposable> {
  const workers = Array.from(
    { length: count },
    (_, index) => new Worker(new URL("./worker.js", import.meta.url), { workerData: { id: index + 1, ...settings } }),
  );
  const ended = Promise.all(workers.map((worker) => once(worker, "exit")));
  await Promise.all(workers.map((worker) => once(worker, "online")));
  return {
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.postMessage("stop");
      await ended;
    },
  };
}
