/** A worker of a broker that runs: what it does with each request, and how it goes. */

import type { Dealer, Frame, Message, Sendable } from "@awaitmq/core";
import { tell } from "@awaitmq/core/internals";
import { Lanes } from "../concurrency/lanes.ts";
import type { Runs } from "../concurrency/running.ts";
import { asFrames } from "../message/as-frames.ts";
import { errorReplyOf } from "../message/error-reply.ts";
import { Announcement } from "./announcement.ts";
import { parseRequest } from "./protocol.ts";
import type { BalancedHandler, CheckedServeBalancedOptions, ServeBalancedStats } from "./serve-balanced-options.ts";

/** What a worker gives back in the end. */
interface Belongings {
  readonly endpoints: readonly string[];
  close(): Promise<void>;
}

export class BalancedServer implements Runs<ServeBalancedStats> {
  readonly done: Promise<void>;
  readonly #dealer: Dealer;
  readonly #handler: BalancedHandler;
  readonly #options: CheckedServeBalancedOptions;
  readonly #belongings: Belongings;
  readonly #lanes: Lanes<Message>;
  readonly #announcement: Announcement | undefined;
  readonly #count = { served: 0, failed: 0, invalid: 0 };

  /** Begins at once, and closes its belongings in the end. */
  constructor(dealer: Dealer, handler: BalancedHandler, options: CheckedServeBalancedOptions, belongings: Belongings) {
    this.#dealer = dealer;
    this.#handler = handler;
    this.#options = options;
    this.#belongings = belongings;
    const { concurrency, force, signal } = options;
    if (!signal?.aborted) this.#announcement = new Announcement(dealer, concurrency, force);
    this.#lanes = new Lanes(dealer, concurrency, this.#perform);
    this.done = this.#run();
  }

  get stats(): ServeBalancedStats {
    return { running: this.#lanes.running, ...this.#count };
  }

  get endpoints(): readonly string[] {
    return this.#belongings.endpoints;
  }

  retire(): void {
    this.#announcement?.withdraw();
    this.#lanes.retire();
  }

  abort(reason: unknown): void {
    this.#lanes.abort(reason);
  }

  abandon(): void {
    this.#lanes.abandon();
  }

  outcomes(): Iterable<Promise<unknown>> {
    return this.#lanes.outcomes();
  }

  async #run(): Promise<void> {
    try {
      await this.#lanes.done;
    } finally {
      await this.#announcement?.leave();
      await this.#belongings.close();
    }
  }

  readonly #perform = async (message: Message, signal: AbortSignal, late: AbortSignal): Promise<void> => {
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
      // Nobody waits any more.
      if (late.aborted) return;
      await this.#reply(envelope, await errorReplyOf("serveBalanced", this.#options.errorReply, error, body), late);
    }
  };

  /** That the socket is closed is known, and no failure. */
  async #reply(envelope: readonly Frame[], answer: Sendable, late: AbortSignal): Promise<void> {
    try {
      await this.#dealer.send([...envelope, ...asFrames(answer)], { signal: late });
    } catch (error) {
      if (!this.#dealer.closed) throw error;
    }
  }
}
