/** Starts the worker processes, and stops them at the end of their scope. */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./worker.js", import.meta.url));

export class Workers implements AsyncDisposable {
  readonly #processes: ChildProcess[];
  readonly #ended: Promise<unknown>[];
  #stopping = false;

  /**
   * Starts `count` workers. A worker that ends early loses its tasks: `onLoss`
   * then gets an error.
   */
  constructor(count: number, addresses: readonly string[], onLoss: (error: Error) => void) {
    this.#processes = Array.from({ length: count }, () => fork(script, addresses));
    this.#ended = this.#processes.map(async (worker) => {
      const how = await howItEnds(worker);
      if (!this.#stopping) onLoss(new Error(`Worker ${worker.pid} ended before its work was done: ${how}`));
    });
  }

  get pids(): (number | undefined)[] {
    return this.#processes.map((worker) => worker.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const worker of this.#processes) worker.kill();
    await Promise.all(this.#ended);
  }
}

function howItEnds(worker: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    worker.once("error", (error) => resolve(error.message));
    worker.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
