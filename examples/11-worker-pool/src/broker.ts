/** The broker of a pool: clients at one end, threads at the other. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Router } from "@awaitmq/core";
import { balance } from "@awaitmq/patterns";

export class Broker implements AsyncDisposable {
  /** Where clients connect to, and where threads do. */
  readonly clients: string;
  readonly threads: string;
  readonly #end: () => Promise<void>;

  private constructor(clients: string, threads: string, end: () => Promise<void>) {
    this.clients = clients;
    this.threads = threads;
    this.#end = end;
  }

  static async open(): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), "pool-")); // of the ipc socket, whose file libzmq leaves behind
    const [frontend, backend] = [new Router(), new Router()];
    const balancing = balance(frontend, backend); // before bind: so it learns of threads that die
    const clients = await frontend.bind("inproc://pool");
    // Over ipc rather than inproc: what a thread has sent must not depend on its memory, which goes with it.
    const threads = await backend.bind(`ipc://${join(folder, "tasks")}`);
    return new Broker(clients, threads, async () => {
      await Promise.all([frontend.close(), backend.close()]); // ends balance
      await balancing;
      rmSync(folder, { recursive: true });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}
