/** The one async iterator here, over all that items are taken from. Written by hand: an async generator can't be left while it waits. */

import { ClosedError, TimeoutError } from "../errors.ts";
import { raise } from "./raise.ts";

/** What items are taken from. */
export interface ItemSource<T> {
  /** Asks for the next item that no earlier reader gets; one of the callbacks is called. `owner` may withdraw it. */
  request(resolve: (item: T) => void, reject: (error: unknown) => void, owner: object): unknown;
  /** Withdraws what `owner` waits for and rejects it with `error`. Returns whether there was anything. */
  leaveAll(owner: object, error: unknown): boolean;
}

const done = { value: undefined, done: true } as const;
/** What calls that wait are told when the stream is left. */
const left = Symbol("left");

/**
 * One loop over a source. Leaving it takes nothing away; an abort throws the reason, from all calls that wait or from the next. Any number of
 * calls may wait.
 */
export class ItemStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: ItemSource<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #isOver: (error: unknown) => boolean;
  #ended = false;
  /** Calls of `next` that wait. */
  #waiting = 0;

  /**
   * @param signal has been checked
   * @param isOver which errors of the source are its orderly end
   */
  constructor(source: ItemSource<T>, signal: AbortSignal | undefined, isOver: (error: unknown) => boolean = isClosed) {
    this.#source = source;
    this.#signal = signal;
    this.#isOver = isOver;
    signal?.addEventListener("abort", this.#abort);
  }

  /** The stream itself. */
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

  /** Leaves the stream. Calls that wait are done. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    this.#source.leaveAll(this, left);
    return Promise.resolve(done);
  }

  readonly #abort = (): void => {
    // Nobody waiting: the next call of `next` throws the reason.
    if (this.#source.leaveAll(this, this.#signal?.reason)) this.#end();
  };

  /** Gives nothing more out; calls that wait heed the signal still. */
  #end(): void {
    this.#ended = true;
    if (this.#waiting === 0) this.#signal?.removeEventListener("abort", this.#abort);
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof ClosedError;
}
