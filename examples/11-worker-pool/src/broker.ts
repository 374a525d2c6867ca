/** The broker of a pool, between clients and threads. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handle } from "@awaitmq/core";
import { type BalanceStats, balance } from "@awaitmq/patterns";

export class Broker implements AsyncDisposable {
  /** The endpoints for clients and for threads. */
  readonly clients: string;
  readonly threads: string;
  /** Holds the file of the ipc socket, which libzmq does not delete. */
  readonly #folder = mkdtempSync(join(tmpdir(), "pool-"));
  readonly #balancing: Handle<BalanceStats>;

  constructor() {
    // ipc and not inproc: sent messages must not depend on a thread's memory,
    // which is freed when the thread ends.
    this.#balancing = balance("inproc://pool", `ipc://${join(this.#folder, "tasks")}`);
    [this.clients = "", this.threads = ""] = this.#balancing.endpoints;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#balancing.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
