/** The handle of everything that runs handlers until it is stopped. */

import type { Handle, StopOptions } from "@awaitmq/core";
import { type Checked, milliseconds, readOptions, signal, stopRules } from "@awaitmq/core/internals";
import { UnavailableError } from "../errors.ts";
import { type Bounds, type End, Ending, type Ends } from "./ending.ts";
import type { Stopping } from "./stopping.ts";

/** What runs, and how a handle controls it. */
export interface Runs<Stats> extends Ends {
  /** Settles when nothing runs any more. Rejects if it failed. */
  readonly done: Promise<void>;
  readonly stats: Stats;
  /** The endpoints that it bound itself. */
  readonly endpoints: readonly string[];
  /** What notifies handlers of the shutdown when it begins. */
  readonly stopping?: Stopping | undefined;
  /**
   * Begins to take messages, if the constructor has not, and unless `retire` came first because the signal had aborted.
   * Called once.
   */
  start?(end: End): void;
  /** Begins no more work, and settles `done` when running work has ended. Called once. */
  retire(reason: unknown): void;
}

/** The options of everything that runs handlers. */
export const runningRules = { grace: milliseconds(5_000), force: milliseconds(5_000), signal: signal() } as const;

export class Running<Stats> implements Handle<Stats> {
  readonly done: Promise<void>;
  readonly #runs: Runs<Stats>;
  readonly #name: string;
  readonly #bounds: Bounds;
  readonly #signal: AbortSignal | undefined;
  readonly #ending: Ending;
  #isRetired = false;

  /** @param name its name in errors, such as "server" */
  constructor(name: string, runs: Runs<Stats>, { grace, force, signal }: Checked<typeof runningRules>) {
    this.#name = name;
    this.#runs = runs;
    this.#bounds = { grace, force };
    this.#signal = signal;
    this.#ending = new Ending(runs);
    this.done = runs.done.finally(() => {
      signal?.removeEventListener("abort", this.#abort);
      this.#ending.over();
    });
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#abort);
    runs.start?.({
      now: (reason) => this.endNow(reason),
      soon: () => this.#end(this.#bounds, this.#unavailable()),
      within: (words) => this.#ending.within(words),
      close: (sockets) => this.#ending.close(sockets),
    });
  }

  get stats(): Stats {
    return this.#runs.stats;
  }

  get endpoints(): readonly string[] {
    return this.#runs.endpoints;
  }

  async stop(options: StopOptions = {}): Promise<void> {
    const { grace = this.#bounds.grace, force = this.#bounds.force } = readOptions("stop", stopRules, options);
    this.#end({ grace, force }, this.#unavailable());
    await this.#ending.wait(this.done, { grace, force });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #abort = (): void => this.endNow(this.#signal?.reason);

  /** Shuts down as an aborted signal does. */
  protected endNow(reason: unknown): void {
    this.#runs.stopping?.begin(reason);
    this.#runs.abort(reason);
    this.#end({ grace: 0, force: this.#bounds.force }, reason);
  }

  #unavailable(): UnavailableError {
    return new UnavailableError(`The ${this.#name} is shutting down`);
  }

  #end(bounds: Bounds, reason: unknown): void {
    this.#ending.begin(bounds, reason);
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#runs.retire(reason);
    this.#runs.stopping?.begin(reason);
  }
}
