/** Messages of a socket as async iterators: one by one, or in batches. */

import { type ItemSource, ItemStream } from "../waiting/item-stream.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { checkGiven, count, type Rules, readOptions } from "../waiting/option-table.ts";
import { type StreamOptions, streamRules } from "../waiting/wait-options.ts";
import type { Inbox } from "./inbox.ts";
import { receive } from "./receive.ts";

/**
 * Options of a loop over batches: their size, and a signal that ends it.
 *
 * @category Receiving
 */
export interface BatchOptions extends StreamOptions {
  /** The most messages in a batch, a whole number of 1 or more. @default 1000 */
  readonly max?: number | undefined;
}

const batchRules = { ...streamRules, max: count(1, 1_000) } satisfies Rules<BatchOptions>;

/**
 * One loop over the messages of a socket. Several loops share them: each message goes to one. Leaving a loop loses nothing and leaves the
 * socket open. A loop ends when the socket closes.
 */
export class MessageStream<T> extends ItemStream<T> {
  constructor(inbox: Inbox<T>, options: StreamOptions = {}) {
    checkGiven("messages", streamRules, options);
    super(new Messages(inbox, options.signal), options.signal);
  }
}

class Messages<T> implements ItemSource<T> {
  readonly #inbox: Inbox<T>;
  readonly #signal: AbortSignal | undefined;

  constructor(inbox: Inbox<T>, signal: AbortSignal | undefined) {
    this.#inbox = inbox;
    this.#signal = signal;
  }

  /** The option `receiveTimeout` limits the wait for each message, as in zeromq. */
  request(resolve: (message: T) => void, reject: (error: unknown) => void, owner: object): void {
    if (this.#inbox.timeout < 0) this.#inbox.request(resolve, reject, owner);
    else receive(this.#inbox, { signal: this.#signal }, owner).then(resolve, reject);
  }

  leaveAll(owner: object, error: unknown): boolean {
    return this.#inbox.leaveAll(owner, error);
  }
}

/** The same messages in arrays: at least one message, and all that had arrived when the loop asked. */
export class BatchStream<T> extends ItemStream<T[]> {
  readonly #batches: Batches<T>;

  constructor(inbox: Inbox<T>, options: BatchOptions = {}) {
    const { max, signal } = readOptions("batches", batchRules, options);
    const batches = new Batches(inbox, max, signal);
    super(batches, signal);
    this.#batches = batches;
  }

  override return(): Promise<IteratorResult<T[], undefined>> {
    this.#batches.left = true;
    return super.return();
  }
}

class Batches<T> implements ItemSource<T[]> {
  /** Whether the loop was left, so that nobody takes a batch. */
  left = false;
  readonly #inbox: Inbox<T>;
  readonly #messages: Messages<T>;
  readonly #max: number;

  constructor(inbox: Inbox<T>, max: number, signal: AbortSignal | undefined) {
    this.#inbox = inbox;
    this.#messages = new Messages(inbox, signal);
    this.#max = max;
  }

  request(resolve: (batch: T[]) => void, reject: (error: unknown) => void, owner: object): void {
    this.#messages.request((first) => this.#fill([first]).then(resolve, reject), reject, owner);
  }

  leaveAll(owner: object, error: unknown): boolean {
    return this.#messages.leaveAll(owner, error);
  }

  async #fill(batch: T[]): Promise<T[]> {
    let goesOn = this.#inbox.ready;
    while (goesOn && batch.length < this.#max) {
      const message = await this.#inbox.takeReady();
      goesOn = message !== undefined;
      if (message !== undefined) batch.push(message);
      if (turnIsOver()) await nextTurn();
    }
    if (!this.left) return batch;
    this.#inbox.putBack(batch);
    throw this.#inbox.closedError();
  }
}
