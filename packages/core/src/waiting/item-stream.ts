/** The async iterator over any source of items. Written by hand, since a waiting async generator cannot be left. */

import { ClosedError, TimeoutError } from "../errors.ts";
import { raise } from "./raise.ts";

/** A source of items. */
export interface ItemSource<T> {
  /** Requests the next item after those of earlier readers, and calls one of the callbacks. `owner` may withdraw the request. */
  request(resolve: (item: T) => void, reject: (error: unknown) => void, owner: object): unknown;
  /** Withdraws the requests of `owner` and rejects them with `error`. Returns whether there were any. */
  leaveAll(owner: object, error: unknown): boolean;
}

const done = { value: undefined, done: true } as const;
/** The reason for pending calls when the stream is left. */
const left = Symbol("left");

/**
 * One loop over a source. Leaving it loses nothing. An abort throws the reason from all pending calls, or from the next call. Any number of
 * calls may wait.
 */
export class ItemStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: ItemSource<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #isOver: (error: unknown) => boolean;
  #ended = false;
  /** Number of pending calls of `next`. */
  #waiting = 0;

  /**
   * @param signal has been checked
   * @param isOver whether an error of the source is its normal end
   */
  constructor(source: ItemSource<T>, signal: AbortSignal | undefined, isOver: (error: unknown) => boolean = isClosed) {
    this.#source = source;
    this.#signal = signal;
    this.#isOver = isOver;
    signal?.addEventListener("abort", this.#abort);
  }

  /** Returns the stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return Promise.resolve(done);
    if (this.#signal?.aborted) {
      this.#end();
      this.#source.leaveAll(this, this.#signal.reason);
      return Promise.reject(this.#signal.reason);
    }
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      this.#source.request(
        (value) => {
          this.#waiting -= 1;
          if (this.#ended) this.#end();
          resolve({ value, done: false });
        },
        (error) => {
          this.#waiting -= 1;
          this.#end();
          if (error === left || this.#isOver(error)) resolve(done);
          else if (error instanceof TimeoutError && error !== this.#signal?.reason) resolve(raise(error));
          else reject(error);
        },
        this,
      );
    });
  }

  /** Leaves the stream. Pending calls resolve as done. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    this.#source.leaveAll(this, left);
    return Promise.resolve(done);
  }

  readonly #abort = (): void => {
    // If no call waits, the next call of `next` throws the reason.
    if (this.#source.leaveAll(this, this.#signal?.reason)) this.#end();
  };

  /** Delivers no more items. Pending calls still react to the signal. */
  #end(): void {
    this.#ended = true;
    if (this.#waiting === 0) this.#signal?.removeEventListener("abort", this.#abort);
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof ClosedError;
}
