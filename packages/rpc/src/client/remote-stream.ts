/** The stream of a call: it is opened by the first read, once its input is checked and its middleware has run. */

import type { ReplyStream } from "@awaitmq/patterns";

type Result<T> = IteratorResult<T, undefined>;

/** How a stream is opened, and left before that. */
export interface Opening<T> {
  /** Returns the items, or a promise of them. */
  open(): AsyncIterable<T> | Promise<AsyncIterable<T>>;
  /** The reader has left: what was opened for it is to end. */
  leave(): Promise<void>;
}

const over = { value: undefined, done: true } as const;

export class RemoteStream<T> implements ReplyStream<T> {
  readonly #opening: Opening<T>;
  /** Set when the stream is open. */
  #iterator: AsyncIterator<T, undefined> | undefined;
  /** Settles when it is, unless that was at once. */
  #opened: Promise<AsyncIterator<T, undefined>> | undefined;
  #isOver = false;

  /** @param now whether it opens before the first read */
  constructor(opening: Opening<T>, now: boolean) {
    this.#opening = opening;
    if (!now) return;
    try {
      this.#open()?.catch(nothing); // its reader gets the error
    } catch (error) {
      this.#opened = Promise.reject(error);
      this.#opened.catch(nothing);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result<T>> {
    if (this.#isOver) return Promise.resolve(over);
    if (this.#iterator !== undefined) return this.#iterator.next();
    try {
      const opened = this.#open();
      if (opened !== undefined) return opened.then((iterator) => (this.#isOver ? over : iterator.next()), this.#failed);
      return (this.#iterator as unknown as AsyncIterator<T, undefined>).next();
    } catch (error) {
      return Promise.reject(error).catch(this.#failed);
    }
  }

  async return(): Promise<Result<T>> {
    this.#isOver = true;
    await this.#leave();
    return over;
  }

  async throw(error?: unknown): Promise<Result<T>> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #leave(): Promise<void> {
    // What lies beneath goes first: a generator around it returns only when it does not wait for an item.
    const left = this.#opening.leave();
    await this.#iterator?.return?.();
    await left;
  }

  /** Undefined if it opened at once. Only the first reader gets the error of one that did not open. */
  #open(): Promise<AsyncIterator<T, undefined>> | undefined {
    if (this.#opened !== undefined) return this.#opened;
    const items = this.#opening.open();
    if (!(items instanceof Promise)) {
      this.#begin(items);
      return undefined;
    }
    this.#opened = items.then((all) => this.#begin(all));
    return this.#opened;
  }

  #begin(items: AsyncIterable<T>): AsyncIterator<T, undefined> {
    this.#iterator = items[Symbol.asyncIterator]() as AsyncIterator<T, undefined>;
    // It opened after its reader had left.
    if (this.#isOver) this.#leave().catch(nothing);
    return this.#iterator;
  }

  readonly #failed = (error: unknown): Result<T> => {
    if (this.#isOver) return over;
    this.#isOver = true;
    throw error;
  };
}

function nothing(): void {}
