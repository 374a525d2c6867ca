/**
 * A pool of worker threads behind a broker. Each task goes to a free thread,
 * and to another one if its thread dies.
 */

import { Worker } from "node:worker_threads";
import { RequestClient } from "@awaitmq/patterns";
import { Broker } from "./broker.ts";

export class ThreadPool implements AsyncDisposable {
  readonly #script: URL;
  readonly #broker = new Broker();
  readonly #client: RequestClient;
  /** Each thread, with a promise of its end. */
  readonly #threads = new Map<Worker, Promise<void>>();
  #closing = false;
  /** Threads that have died. The number is final when `close` has resolved. */
  crashes = 0;

  /**
   * @param script of each thread: it serves the endpoint `workerData.broker` by
   *   `serveBalanced`
   */
  constructor(script: URL, size: number) {
    this.#script = script;
    this.#client = new RequestClient({ connect: this.#broker.clients, timeout: 60_000 });
    for (let thread = 0; thread < size; thread++) this.#start();
  }

  async run(task: string): Promise<string> {
    return String(await this.#client.request(task));
  }

  /** Resolves when all threads have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#client.close();
    // Not terminate(): a terminated thread cannot close its sockets.
    for (const thread of this.#threads.keys()) thread.postMessage("end");
    await Promise.all(this.#threads.values());
    await this.#broker[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(): void {
    const thread = new Worker(this.#script, { workerData: { broker: this.#broker.threads } });
    this.#threads.set(thread, new Promise((resolve) => void thread.once("exit", () => resolve())));
    thread.once("error", () => {
      this.crashes += 1; // emitted before "exit"
      this.#threads.delete(thread);
      if (!this.#closing) this.#start();
    });
  }
}
