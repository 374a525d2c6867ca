/** A pool of worker threads behind a broker: each task goes to a thread that is free, and to another if its thread dies. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { RequestClient } from "@awaitmq/patterns";
import { Broker } from "./broker.ts";

export class ThreadPool implements AsyncDisposable {
  readonly #script: URL;
  readonly #broker: Broker;
  readonly #client: RequestClient;
  readonly #threads = new Set<Worker>();
  /** Threads that died, and were replaced. */
  crashes = 0;

  private constructor(script: URL, broker: Broker, size: number) {
    this.#script = script;
    this.#broker = broker;
    this.#client = new RequestClient({ connect: broker.clients, timeout: 60_000 });
    for (let thread = 0; thread < size; thread++) this.#start();
  }

  /** @param script what each thread runs: it serves the endpoint `workerData.broker` by `serveBalanced` */
  static async open(script: URL, size: number): Promise<ThreadPool> {
    return new ThreadPool(script, await Broker.open(), size);
  }

  async run(task: string): Promise<string> {
    return String(await this.#client.request(task));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    const ended = [...this.#threads].map((thread) => once(thread, "exit"));
    for (const thread of this.#threads) thread.postMessage("end"); // never terminate(): it would not let sockets close
    await Promise.all(ended);
    await this.#broker[Symbol.asyncDispose]();
  }

  #start(): void {
    const thread = new Worker(this.#script, { workerData: { broker: this.#broker.threads } });
    this.#threads.add(thread);
    thread.once("error", () => {
      this.crashes += 1;
      this.#threads.delete(thread);
      this.#start();
    });
  }
}
