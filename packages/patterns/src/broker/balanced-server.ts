/** A running worker of a broker: how it handles each request, and how it leaves. */

import {
  type Dealer,
  type Frame,
  type Message,
  type MessagingError,
  QueueFullError,
  TimeoutError,
} from "@awaitmq/core";
import { tell } from "@awaitmq/core/internals";
import type { LaneWorker } from "../concurrency/lane-work.ts";
import { errorReplyOf } from "../message/error-reply.ts";
import { ownFrames } from "../message/own-frames.ts";
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
    const onError = (error: unknown) => tell("onError of serveBalanced", this.#options.onError, error, body);
    let answer: readonly Frame[];
    let hasFailed = false;
    try {
      answer = ownFrames(await this.#handler(body, { signal }));
    } catch (error) {
      hasFailed = true;
      this.#count.failed += 1;
      onError(error);
      // The reply would not be sent any more.
      if (late.aborted) return;
      answer = await errorReplyOf("serveBalanced", this.#options.errorReply, error, body);
    }
    const dropped = await this.#reply([...envelope, ...answer], late);
    if (dropped !== undefined) onError(dropped);
    if (!hasFailed) this.#count[dropped === undefined ? "served" : "failed"] += 1;
  };

  /**
   * Resolves to the reason why a reply was dropped, or undefined. Rejects if the socket fails. A closed socket is no
   * failure here: the worker already knows.
   */
  async #reply(reply: readonly Frame[], late: AbortSignal): Promise<MessagingError | undefined> {
    try {
      await this.#dealer.send(reply, { signal: late, copy: false });
    } catch (error) {
      if (this.#dealer.closed) return undefined;
      if (error instanceof TimeoutError || error instanceof QueueFullError) return error;
      throw error;
    }
    return undefined;
  }
}
