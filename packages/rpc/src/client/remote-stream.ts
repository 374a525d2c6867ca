/** The stream of a call: it is opened by the first read, once its input is checked and its middleware has run. */

import type { ReplyStream } from "@awaitmq/patterns";

type Result<T> = IteratorResult<T, undefined>;

/** How a stream is opened, and left before that. */
export interface Opening<T> {
  /** Returns the items, or a promise of them. */
  open(): AsyncIterable<T> | Promise<AsyncIterable<T>>;
  /** The reader has left: what was opened for it is to end. */
  leave(): Promise<void>;
  /** The items are over: so is what was opened for them. Undefined if that is the items themselves. */
  readonly end: (() => Promise<void>) | undefined;
}

const over = { value: undefined, done: true } as const;

export class RemoteStream<T> implements ReplyStream<T> {
  readonly #opening: Opening<T>;
  /** Set when the stream is open. */
  #iterator: AsyncIterator<T, undefined> | undefined;
  /** Settles when it is, or its reader has left. Undefined if it opened at once. */
  #opened: Promise<AsyncIterator<T, undefined> | undefined> | undefined;
  #letGo: (() => void) | undefined;
  #isOver = false;

  /** @param now whether it opens before the first read */
  constructor(opening: Opening<T>, now: boolean) {
    this.#opening = opening;
    if (now) this.#open()?.catch(nothing); // its reader gets the error
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result<T>> {
    if (this.#isOver) return Promise.resolve(over);
    const opened = this.#iterator === undefined ? this.#open() : undefined;
    if (opened === undefined) return this.#next();
    return opened.then(() => (this.#isOver ? over : this.#next()), this.#failed);
  }

  async return(): Promise<Result<T>> {
    this.#isOver = true;
    this.#letGo?.();
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

  #next(): Promise<Result<T>> {
    const next = (this.#iterator as AsyncIterator<T, undefined>).next();
    return this.#opening.end === undefined ? next : next.then(this.#taken, this.#failed);
  }

  /** Undefined if it opened at once. Only the first reader gets the error of one that did not open. */
  #open(): Promise<AsyncIterator<T, undefined> | undefined> | undefined {
    if (this.#opened !== undefined) return this.#opened;
    try {
      const items = this.#opening.open();
      if (!(items instanceof Promise)) {
        this.#begin(items);
        return undefined;
      }
      const left = new Promise<undefined>((resolve) => {
        this.#letGo = () => resolve(undefined);
      });
      this.#opened = Promise.race([items.then((all) => this.#begin(all)), left]);
    } catch (error) {
      this.#opened = Promise.reject(error);
    }
    return this.#opened;
  }

  #begin(items: AsyncIterable<T>): AsyncIterator<T, undefined> {
    this.#iterator = items[Symbol.asyncIterator]() as AsyncIterator<T, undefined>;
    // It opened after its reader had left.
    if (this.#isOver) this.#leave().catch(nothing);
    return this.#iterator;
  }

  readonly #taken = (result: Result<T>): Result<T> | Promise<Result<T>> => (result.done ? this.#ended(result) : result);

  async #ended(result: Result<T>): Promise<Result<T>> {
    await this.#opening.end?.();
    return result;
  }

  readonly #failed = async (error: unknown): Promise<Result<T>> => {
    if (this.#isOver) return over;
    this.#isOver = true;
    await this.#opening.end?.().catch(nothing); // the first error counts
    throw error;
  };
}

function nothing(): void {}
