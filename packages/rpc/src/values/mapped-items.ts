/** Items of an iterable, each changed by a function. Unlike a generator, it passes on at once what its reader asks for. */

import { guardReadable, releaseReadable } from "@awaitmq/patterns/internals";

const over = { value: undefined, done: true } as const;

export class MappedItems<In, Out> implements AsyncIterableIterator<Out, undefined> {
  readonly #items: AsyncIterable<In>;
  readonly #change: (item: In) => Out | Promise<Out>;
  readonly #failed: (error: unknown) => unknown;
  readonly #ended: () => void;
  #iterator: AsyncIterator<In> | undefined;

  /**
   * @param change makes an item of an item. If it throws, the iterable returns, and the reader gets that error
   * @param failed makes an error of an error of the iterable
   * @param ended called when the iterable has ended, failed or returned
   */
  constructor(
    items: AsyncIterable<In>,
    change: (item: In) => Out | Promise<Out>,
    failed: (error: unknown) => unknown,
    ended: () => void = nothing,
  ) {
    this.#items = items;
    this.#change = change;
    this.#failed = failed;
    this.#ended = ended;
    // The iterator reports the error.
    guardReadable(items, () => {});
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Out, undefined>> {
    try {
      // An iterator of a program may give a result without a promise, as `for await` allows.
      return Promise.resolve(this.#open().next()).then(this.#taken, this.#rejected);
    } catch (error) {
      return Promise.reject(error).catch(this.#rejected);
    }
  }

  async return(): Promise<IteratorResult<Out, undefined>> {
    try {
      await this.#open().return?.();
    } catch (error) {
      throw this.#failed(error);
    } finally {
      releaseReadable(this.#items);
      this.#ended();
    }
    return over;
  }

  #open(): AsyncIterator<In> {
    this.#iterator ??= this.#items[Symbol.asyncIterator]();
    return this.#iterator;
  }

  readonly #taken = (result: IteratorResult<In>): IteratorResult<Out, undefined> | Promise<IteratorResult<Out>> => {
    if (result.done === true) {
      this.#ended();
      return over;
    }
    try {
      const value = this.#change(result.value);
      return value instanceof Promise ? value.then(itemOf, this.#refused) : { value, done: false };
    } catch (error) {
      return this.#refused(error);
    }
  };

  /** Readers do not return from an iterator that has thrown. */
  readonly #refused = async (error: unknown): Promise<never> => {
    await this.return().catch(() => {}); // the first error counts
    throw error;
  };

  readonly #rejected = (error: unknown): never => {
    this.#ended();
    throw this.#failed(error);
  };
}

function nothing(): void {}

function itemOf<T>(value: T): IteratorResult<T, undefined> {
  return { value, done: false };
}
