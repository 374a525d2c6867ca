/** A running worker of a broker: how it handles each request, and how it leaves. */

import type { Dealer, Frame, Message, Sendable } from "@awaitmq/core";
import { tell } from "@awaitmq/core/internals";
import type { LaneWorker } from "../concurrency/lane-work.ts";
import { asFrames } from "../message/as-frames.ts";
import { errorReplyOf } from "../message/error-reply.ts";
import { Announcement } from "./announcement.ts";
import { parseRequest } from "./protocol.ts";
import type { BalancedHandler, CheckedServeBalancedOptions, ServeBalancedStats } from "./serve-balanced-options.ts";

export class BalancedServer implements LaneWorker<Message, ServeBalancedStats> {
  /** Replies go to the same socket. */
  readonly closes = "now";
  readonly #dealer: Dealer;
  readonly #handler: BalancedHandler;
  readonly #options: CheckedServeBalancedOptions;
  readonly #announcement: Announcement | undefined;
  readonly #count = { served: 0, failed: 0, invalid: 0 };

  /** Announces the worker at once. */
  constructor(dealer: Dealer, handler: BalancedHandler, options: CheckedServeBalancedOptions) {
    this.#dealer = dealer;
    this.#handler = handler;
    this.#options = options;
    if (!options.signal?.aborted) this.#announcement = new Announcement(dealer, options.concurrency);
  }

  stats(running: number): ServeBalancedStats {
    return { running, ...this.#count };
  }

  retire(): void {
    this.#announcement?.withdraw();
  }

  async leave(): Promise<void> {
    await this.#announcement?.leave();
  }

  readonly perform = async (message: Message, signal: AbortSignal, late: AbortSignal): Promise<void> => {
    const request = parseRequest(message);
    if (request === undefined) {
      this.#count.invalid += 1;
      return;
    }
    const { envelope, body } = request;
    try {
      await this.#reply(envelope, await this.#handler(body, { signal }), late);
      this.#count.served += 1;
    } catch (error) {
      this.#count.failed += 1;
      tell("onError of serveBalanced", this.#options.onError, error, body);
      // The reply would not be sent any more.
      if (late.aborted) return;
      await this.#reply(envelope, await errorReplyOf("serveBalanced", this.#options.errorReply, error, body), late);
    }
  };

  /** A closed socket is no failure here: the worker already knows. */
  async #reply(envelope: readonly Frame[], answer: Sendable, late: AbortSignal): Promise<void> {
    try {
      await this.#dealer.send([...envelope, ...asFrames(answer)], { signal: late });
    } catch (error) {
      if (!this.#dealer.closed) throw error;
    }
  }
}
