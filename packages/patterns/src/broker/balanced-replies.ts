/** Sends a broker's replies, so that a client that does not read delays no other. */

import {
  type Message,
  type MessagingError,
  QueueFullError,
  type Router,
  TimeoutError,
  UnroutableError,
} from "@awaitmq/core";
import { peerName, TransientMap, toKey } from "@awaitmq/core/internals";
import type { CheckedBalanceOptions } from "./balance-options.ts";

export class BalancedReplies {
  readonly #frontend: Router;
  readonly #settings: CheckedBalanceOptions;
  /** Aborted when waiting replies are to be dropped. */
  readonly #abandoning = new AbortController();
  /** Waiting replies per client. */
  readonly #waiting = new TransientMap<string, number>();

  constructor(frontend: Router, settings: CheckedBalanceOptions) {
    this.#frontend = frontend;
    this.#settings = settings;
  }

  get signal(): AbortSignal {
    return this.#abandoning.signal;
  }

  /**
   * Resolves to the reason why a reply was dropped, or undefined if it reached the queue of its client. Rejects if the
   * socket fails.
   */
  async send(reply: Message): Promise<MessagingError | undefined> {
    const { replyTimeout, maxQueuedReplies } = this.#settings;
    const client = toKey(reply[0]);
    const waiting = this.#waiting.get(client) ?? 0;
    if (waiting >= maxQueuedReplies)
      return new QueueFullError(
        `Cannot reply to ${peerName(reply[0])}: ${waiting} replies already wait for this client (maxQueuedReplies)`,
      );
    this.#waiting.set(client, waiting + 1);
    try {
      await this.#frontend.send(reply, { timeout: replyTimeout, signal: this.signal, copy: false });
      return undefined;
    } catch (error) {
      if (error instanceof UnroutableError || error instanceof TimeoutError || error instanceof QueueFullError)
        return error;
      throw error;
    } finally {
      this.#sent(client);
    }
  }

  /** Drops the replies that wait. */
  abandon(): void {
    this.#abandoning.abort(
      new TimeoutError(
        `Cannot reply: the broker shut down, and the client did not read within ${this.#settings.force} ms (force)`,
      ),
    );
  }

  #sent(client: string): void {
    const others = (this.#waiting.get(client) ?? 0) - 1;
    if (others > 0) this.#waiting.set(client, others);
    else this.#waiting.delete(client);
  }
}
