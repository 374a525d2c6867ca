/** Waits until a client has its servers. */

import type { WaitOptions } from "@awaitmq/core";
import { count, onGivingUp, type Rules, raise, readOptions, waitRules } from "@awaitmq/core/internals";
import type { Links } from "./links.ts";
import { notReady, refused } from "./why-no-reply.ts";

/**
 * How many servers to wait for, and how long.
 *
 * @category Request and reply
 */
export interface ClientReadyOptions extends WaitOptions {
  /** Servers that must be connected: a whole number, 1 or more. @default 1 */
  readonly servers?: number | undefined;
}

interface Wait {
  readonly servers: number;
  readonly settle: (failed?: Promise<never>) => void;
}

const rules = { ...waitRules, servers: count(1, 1) } satisfies Rules<ClientReadyOptions>;

export class ReadyWaits {
  readonly #waits = new Set<Wait>();
  readonly #links: Links;

  constructor(links: Links) {
    this.#links = links;
  }

  get size(): number {
    return this.#waits.size;
  }

  /** @throws TypeError, RangeError, TimeoutError, HandshakeError, `signal.reason` */
  async wait(options: ClientReadyOptions): Promise<void> {
    const { servers, signal, timeout } = readOptions("ready", rules, options);
    signal?.throwIfAborted();
    await new Promise<undefined>((resolve) => {
      const wait: Wait = {
        servers,
        settle: (failed) => {
          this.#waits.delete(wait);
          release();
          resolve(failed);
        },
      };
      const release = onGivingUp(
        { signal, timeout },
        (reason) => wait.settle(Promise.reject(reason)),
        () => wait.settle(raise(notReady(servers, timeout as number, this.#links.all))),
      );
      this.#waits.add(wait);
      this.#links.use();
      this.check();
    });
  }

  /** Call this when a link is up. */
  check(): void {
    if (this.#waits.size === 0) return;
    const { countUp } = this.#links;
    for (const { servers, settle } of this.#waits) if (countUp >= servers) settle();
  }

  /** Call this when a server has refused the client: too few may be left. */
  checkRefusals(): void {
    const { count } = this.#links;
    for (const { servers, settle } of this.#waits) {
      const refusal = servers > count ? undefined : this.#links.refusal(count - servers + 1);
      if (refusal !== undefined) settle(raise(refused(refusal)));
    }
  }

  /** Rejects all waits with `signal.reason` if it aborted, or with a new error each. */
  fail(error: () => Error, signal: AbortSignal | undefined): void {
    for (const { settle } of this.#waits) settle(signal?.aborted ? Promise.reject(signal.reason) : raise(error()));
  }
}
