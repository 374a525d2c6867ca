/** The iterator of `dns`: look-ups, the pauses between them, and their failures. */

import { Resolver } from "node:dns/promises";
import { setTimeout as pause } from "node:timers/promises";
import { longestTimer } from "@awaitmq/core/internals";
import { type DnsQuestion, endpointsOf } from "./dns-look-up.ts";

/** What is looked up, and how often. */
export interface DnsSetsOptions extends Omit<DnsQuestion, "resolver" | "signal"> {
  readonly every: number;
  readonly signal: AbortSignal | undefined;
  readonly resolver: Resolver | undefined;
}

/** Milliseconds after a first failure; twice as many after the next. */
const firstPause = 250;
const longestPause = 5_000;

/** Not a generator alone: its `return` would wait for the look-up or the pause that it is in. */
export class DnsSets implements AsyncIterator<readonly string[]> {
  readonly #endpoint: string;
  readonly #options: DnsSetsOptions;
  readonly #over = new AbortController();
  readonly #sets = this.#run();
  readonly #warned = new Set<unknown>();
  #isKnown = false;
  #keepsAlive = true;

  constructor(endpoint: string, options: DnsSetsOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  next(): Promise<IteratorResult<readonly string[]>> {
    return this.#sets.next();
  }

  return(): Promise<IteratorResult<readonly string[]>> {
    this.#over.abort();
    return this.#sets.return(undefined);
  }

  /** From now on its pauses do not keep the process alive: it serves something else that waits, or rests. */
  unref(): void {
    this.#keepsAlive = false;
  }

  async *#run(): AsyncGenerator<readonly string[], void, undefined> {
    const { every, signal } = this.#options;
    const over = this.#over.signal;
    const abort = () => this.#over.abort();
    if (signal?.aborted) return;
    signal?.addEventListener("abort", abort);
    try {
      let last = "";
      let failures = 0;
      while (!over.aborted) {
        const set = await this.#lookUp();
        if (set === undefined) {
          await this.#pause(Math.min(every, longestPause, firstPause * 2 ** failures++));
          continue;
        }
        failures = 0;
        const next = set.join(" ");
        if (next !== last) yield set;
        last = next;
        if (every === Number.POSITIVE_INFINITY) return;
        await this.#pause(every);
      }
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Undefined where it failed. */
  async #lookUp(): Promise<readonly string[] | undefined> {
    const over = this.#over.signal;
    let cancel = () => {};
    try {
      const resolver = this.#options.resolver ?? new Resolver({ timeout: 2_000, tries: 2 });
      cancel = () => resolver.cancel();
      over.addEventListener("abort", cancel);
      const set = await endpointsOf({ ...this.#options, resolver, signal: over });
      // A name that was never there may be misspelt, and there is nothing yet to be left. One that was there has lost its servers.
      if (set.length === 0 && !this.#isKnown) {
        this.#warn("none", "it has no records. Check the name");
        return undefined;
      }
      this.#isKnown = true;
      return set;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // Another loop with the same resolver has ended, if it is not this one.
      if (!over.aborted && code !== "ECANCELLED") this.#warn(code, message);
      return undefined;
    } finally {
      over.removeEventListener("abort", cancel);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const options = { signal: this.#over.signal, ref: this.#keepsAlive };
    await pause(Math.min(milliseconds, longestTimer), undefined, options).catch(() => {});
  }

  #warn(kind: unknown, why: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    const so = this.#isKnown ? "Its servers stay as they are, and it" : "It";
    process.emitWarning(`Cannot look up ${this.#endpoint}: ${why}. ${so} is looked up again`, {
      type: "awaitmq",
      code: "AWAITMQ_DNS",
    });
  }
}
