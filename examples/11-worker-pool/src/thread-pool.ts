/** A pool of worker threads behind a broker: each task goes to a thread that is free, and to another if its thread dies. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Router } from "@awaitmq/core";
import { balance, RequestClient } from "@awaitmq/patterns";

export class ThreadPool implements AsyncDisposable {
  readonly #script: URL;
  /** Of the ipc socket, whose file libzmq leaves behind. */
  readonly #folder = mkdtempSync(join(tmpdir(), "pool-"));
  readonly #frontend = new Router();
  readonly #backend = new Router();
  readonly #stop = new AbortController();
  readonly #balancing = balance(this.#frontend, this.#backend, { signal: this.#stop.signal });
  readonly #threads = new Set<Worker>();
  #client: RequestClient | undefined;
  #endpoint = "";
  /** Threads that died, and were replaced. */
  crashes = 0;

  private constructor(script: URL) {
    this.#script = script;
    this.#balancing.catch(() => {}); // it ends by the abort of disposal
  }

  /** @param script what each thread runs: it serves the endpoint `workerData.broker` by `serveBalanced` */
  static async open(script: URL, size: number): Promise<ThreadPool> {
    const pool = new ThreadPool(script);
    // Over ipc rather than inproc: what a thread has sent must not depend on its memory, which goes with it.
    pool.#endpoint = await pool.#backend.bind(`ipc://${join(pool.#folder, "tasks")}`);
    pool.#client = new RequestClient({ connect: await pool.#frontend.bind("inproc://pool"), timeout: 60_000 });
    for (let thread = 0; thread < size; thread++) pool.#start();
    return pool;
  }

  async run(task: string): Promise<string> {
    return String(await this.#client?.request(task));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close();
    const ended = [...this.#threads].map((thread) => once(thread, "exit"));
    for (const thread of this.#threads) thread.postMessage("end"); // never terminate(): it would not let sockets close
    await Promise.all(ended);
    this.#stop.abort(new Error("The pool is closed"));
    await this.#balancing.catch(() => {});
    await Promise.all([this.#frontend.close(), this.#backend.close()]);
    rmSync(this.#folder, { recursive: true });
  }

  #start(): void {
    const thread = new Worker(this.#script, { workerData: { broker: this.#endpoint } });
    this.#threads.add(thread);
    thread.once("error", () => {
      this.crashes += 1;
      this.#threads.delete(thread);
      this.#start();
    });
  }
}
