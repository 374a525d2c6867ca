/** The iterator of `dns`: look-ups, the pauses between them, and their failures. */

import { Resolver } from "node:dns/promises";
import { setTimeout as pause } from "node:timers/promises";
import { ItemStream, longestTimer } from "@awaitmq/core/internals";
import { over, Taking } from "../concurrency/taking.ts";
import { type DnsQuestion, endpointsOf } from "./dns-look-up.ts";

/** What to look up, and how often. */
export interface DnsSetsOptions extends Omit<DnsQuestion, "resolver" | "signal"> {
  readonly every: number;
  readonly signal: AbortSignal | undefined;
  readonly resolver: Resolver | undefined;
}

/** Milliseconds after a first failure. They double with each further one. */
const firstPause = 250;
const longestPause = 5_000;

/** When its signal aborts, it ends as after a last set. */
export class DnsSets extends ItemStream<readonly string[]> {
  readonly #lookUps: LookUps;

  constructor(endpoint: string, options: DnsSetsOptions) {
    const { signal } = options;
    const lookUps = new LookUps(endpoint, options);
    const abort = () => taking.leaveAll(lookUps, over);
    const taking = new Taking(lookUps.next, async () => signal?.removeEventListener("abort", abort));
    super(taking, undefined);
    this.#lookUps = lookUps;
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  }

  /** From now on its pauses do not keep the process alive. The client that uses it does so while it needs to. */
  unref(): void {
    this.#lookUps.keepAlive = false;
  }
}

class LookUps {
  keepAlive = true;
  readonly #endpoint: string;
  readonly #options: DnsSetsOptions;
  readonly #warned = new Set<unknown>();
  /** Milliseconds before the next look-up. */
  #wait = 0;
  #failures = 0;
  #isKnown = false;
  #last = "";

  constructor(endpoint: string, options: DnsSetsOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  readonly next = async (left: AbortSignal): Promise<readonly string[]> => {
    const { every } = this.#options;
    for (;;) {
      if (this.#wait === Number.POSITIVE_INFINITY) throw over;
      if (this.#wait > 0) await this.#pause(left);
      left.throwIfAborted();
      const set = await this.#lookUp(left);
      this.#wait = set === undefined ? Math.min(every, longestPause, firstPause * 2 ** this.#failures++) : every;
      if (set === undefined) continue;
      this.#failures = 0;
      const found = set.join(" ");
      if (found === this.#last) continue;
      this.#last = found;
      return set;
    }
  };

  /** Resolves to undefined if the look-up failed. */
  async #lookUp(left: AbortSignal): Promise<readonly string[] | undefined> {
    let cancel = () => {};
    try {
      const resolver = this.#options.resolver ?? new Resolver({ timeout: 2_000, tries: 2 });
      cancel = () => resolver.cancel();
      left.addEventListener("abort", cancel);
      const set = await endpointsOf({ ...this.#options, resolver, signal: left });
      // A name that was never found may be misspelt, and no servers would be disconnected. A name that was found has
      // lost its servers.
      if (set.length === 0 && !this.#isKnown) {
        this.#warn("none", "it has no records. Check the name");
        return undefined;
      }
      this.#isKnown = true;
      return set;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // If this loop has not ended, another loop with the same resolver has.
      if (!left.aborted && code !== "ECANCELLED") this.#warn(code, message);
      return undefined;
    } finally {
      left.removeEventListener("abort", cancel);
    }
  }

  async #pause(left: AbortSignal): Promise<void> {
    const options = { signal: left, ref: this.keepAlive };
    await pause(Math.min(this.#wait, longestTimer), undefined, options).catch(() => {});
  }

  #warn(kind: unknown, why: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    const kept = this.#isKnown ? "Its last endpoints stay in use. " : "";
    process.emitWarning(`Cannot look up ${this.#endpoint}: ${why}. ${kept}The look-up is retried`, {
      type: "awaitmq",
      code: "AWAITMQ_DNS",
    });
  }
}
