/** The calls of a client that wait for a link, oldest first. */

import { QueueFullError } from "@awaitmq/core";
import { Queue } from "@awaitmq/core/internals";
import type { Call } from "./call.ts";
import type { CheckedClientOptions } from "./client-options.ts";
import type { Link } from "./link.ts";
import type { Links } from "./links.ts";
import { notConnected } from "./why-no-reply.ts";

/** What becomes of waiting calls. */
export interface WaitingOwner {
  /** The link that takes a call now, if there is one. */
  choose(call: Call): Link | undefined;
  send(call: Call, link: Link): void;
  reject(call: Call, error: Error): void;
}

export class WaitingCalls {
  readonly #options: CheckedClientOptions;
  readonly #links: Links;
  readonly #owner: WaitingOwner;
  readonly #calls = new Queue<Call>();
  #isProceeding = false;

  constructor(options: CheckedClientOptions, links: Links, owner: WaitingOwner) {
    this.#options = options;
    this.#links = links;
    this.#owner = owner;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Adds a call, or rejects it. */
  add(call: Call): void {
    const { maxPending, maxInFlight } = this.#options;
    const { size } = this.#calls;
    if (size >= (this.#links.areWaking ? maxPending + maxInFlight : maxPending))
      this.#owner.reject(call, new QueueFullError(`Cannot send a request: ${size} calls already wait (maxPending)`));
    else if (!call.waitsForServer && this.#links.areDown) this.#owner.reject(call, notConnected());
    else this.#calls.push(call);
  }

  /** Removes a call, if it waits. */
  remove(call: Call): void {
    if (this.#calls.has(call)) this.#calls.remove(call);
  }

  /** Waits a moment, because the code that ended one call may end waiting calls too. */
  proceedSoon(): void {
    if (this.#isProceeding || this.#calls.size === 0) return;
    this.#isProceeding = true;
    queueMicrotask(() => {
      this.#isProceeding = false;
      this.proceed();
    });
  }

  /** Sends waiting calls while there are links for them. */
  proceed(): void {
    for (let call = this.#calls.first; call !== undefined; call = this.#calls.first) {
      const link = this.#owner.choose(call);
      if (link === undefined) return;
      this.#calls.remove(call);
      this.#owner.send(call, link);
    }
  }

  /** Rejects waiting calls with no prospect, if no link is up. */
  rejectAll(error: (call: Call) => Error | undefined): void {
    if (this.#calls.size === 0 || !this.#links.areDown) return;
    for (const call of [...this.#calls]) {
      const reason = error(call);
      if (reason !== undefined) this.#owner.reject(call, reason);
    }
  }
}
