/** The broker of a pool: clients at one end, threads at the other. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handle } from "@awaitmq/core";
import { type BalanceStats, balance } from "@awaitmq/patterns";

export class Broker implements AsyncDisposable {
  /** Where clients connect to, and where threads do. */
  readonly clients: string;
  readonly threads: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "pool-")); // of the ipc socket, whose file libzmq leaves behind
  readonly #balancing: Handle<BalanceStats>;

  constructor() {
    // Over ipc rather than inproc: what a thread has sent must not depend on its memory, which goes with it.
    this.#balancing = balance("inproc://pool", `ipc://${join(this.#folder, "tasks")}`);
    [this.clients = "", this.threads = ""] = this.#balancing.endpoints;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#balancing.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
