/** Messages as async iterators. Written by hand: an async generator can't be left while it waits for a message. */

import { ClosedError } from "./errors.ts";
import type { Inbox } from "./inbox.ts";
import { nextTurn, turnIsOver } from "./turn.ts";
import { checkSignal } from "./wait-options.ts";

/** What ends a loop over messages. */
export interface StreamOptions {
  /** Ends the stream when aborted: the loop throws `signal.reason`. No message is lost. */
  readonly signal?: AbortSignal | undefined;
}

/** What ends a loop over batches, and how large these may be. */
export interface BatchOptions extends StreamOptions {
  /** The most messages in a batch, a whole number, 1 or more. @default 1000 */
  readonly max?: number | undefined;
}

/**
 * One loop over a socket. Several loops share its messages, each message going to one. Leaving a loop leaves the socket
 * open and loses nothing; a loop ends when the socket closes.
 */
export class MessageStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #inbox: Inbox<T>;
  readonly #signal: AbortSignal | undefined;
  #ended = false;

  constructor(inbox: Inbox<T>, { signal }: StreamOptions = {}) {
    if (signal !== undefined) checkSignal(signal);
    this.#inbox = inbox;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return Promise.resolve(done);
    if (this.#signal?.aborted) {
      this.#end();
      return Promise.reject(this.#signal.reason);
    }
    if (this.#inbox.timeout >= 0) return this.#nextInTime();
    return new Promise((resolve, reject) => {
      this.#inbox.request(
        (value) => resolve({ value, done: false }),
        (error) => this.#fail(error, resolve, reject),
        true,
        this,
      );
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    this.#inbox.leaveAll(this, this.#inbox.closedError());
    return Promise.resolve(done);
  }

  /** The option `receiveTimeout` bounds the wait for each message, as it does in zeromq. */
  async #nextInTime(): Promise<IteratorResult<T, undefined>> {
    try {
      return { value: await this.#inbox.receive({ signal: this.#signal }, this), done: false };
    } catch (error) {
      this.#end();
      if (error instanceof ClosedError) return done;
      throw error;
    }
  }

  #fail(error: unknown, resolve: (result: typeof done) => void, reject: (error: unknown) => void): void {
    this.#end();
    if (error instanceof ClosedError) resolve(done);
    else reject(error);
  }

  readonly #abort = (): void => {
    // Nobody waiting: the next call of `next` throws the reason.
    if (this.#inbox.leaveAll(this, this.#signal?.reason)) this.#end();
  };

  #end(): void {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#abort);
  }
}

const done = { value: undefined, done: true } as const;

/** The same messages as arrays: each holds what was there when the loop asked, at least one message. */
export class BatchStream<T> implements AsyncIterableIterator<T[], undefined> {
  readonly #inbox: Inbox<T>;
  readonly #messages: MessageStream<T>;
  readonly #max: number;
  #left = false;

  constructor(inbox: Inbox<T>, { max = 1_000, signal }: BatchOptions = {}) {
    if (!Number.isInteger(max) || max < 1) throw new RangeError(`max must be a whole number, 1 or more, got ${max}`);
    this.#inbox = inbox;
    this.#messages = new MessageStream(inbox, { signal });
    this.#max = max;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T[], undefined>> {
    const first = await this.#messages.next();
    if (first.done) return first;
    const batch = [first.value];
    if (this.#inbox.ready) await this.#fill(batch);
    if (this.#left) {
      this.#inbox.putBack(batch);
      return done;
    }
    return { value: batch, done: false };
  }

  async #fill(batch: T[]): Promise<void> {
    while (batch.length < this.#max) {
      const message = await this.#inbox.takeReady();
      if (message === undefined) return;
      batch.push(message);
      if (turnIsOver()) await nextTurn();
    }
  }

  async return(): Promise<IteratorResult<T[], undefined>> {
    this.#left = true;
    await this.#messages.return();
    return done;
  }
}
