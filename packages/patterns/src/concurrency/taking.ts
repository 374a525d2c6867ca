/** Items that a function takes, one at a time, for an {@link ItemStream}. */

import { setMaxListeners } from "node:events";
import { ClosedError } from "@awaitmq/core";
import type { ItemSource } from "@awaitmq/core/internals";

/** The orderly end of a loop. */
export const over = new ClosedError("The loop is over");

/** Takes the next item, and gives up when the signal aborts. It throws `over` where there is no further one. */
export type Take<T> = (signal: AbortSignal) => Promise<T>;

/** It ends with the first failure, or when it is left; then nothing more is taken. */
export class Taking<T> implements ItemSource<T> {
  readonly #take: Take<T>;
  readonly #close: () => Promise<void>;
  readonly #end = new AbortController();
  /** Settles when the calls so far are served. One at a time: an item that is left out would confuse their order otherwise. */
  #served: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** @param close gives back what the function needs; called once, at the end */
  constructor(take: Take<T>, close: () => Promise<void> = async () => {}) {
    this.#take = take;
    this.#close = close;
    setMaxListeners(0, this.#end.signal);
  }

  /** Settles when all was given back; undefined before the end. */
  get closed(): Promise<void> | undefined {
    return this.#closed;
  }

  request(resolve: (item: T) => void, reject: (error: unknown) => void): void {
    this.#served = this.#served.then(this.#next).then(resolve, reject);
  }

  /** Ends it. Calls that wait are rejected with the error, unless their item has come already: so it is not said that they are. */
  leaveAll(_owner: object, error: unknown): false {
    this.#leave(error);
    return false;
  }

  readonly #next = async (): Promise<T> => {
    const { signal } = this.#end;
    signal.throwIfAborted();
    try {
      return await this.#take(signal);
    } catch (error) {
      this.#leave(over);
      throw error;
    }
  };

  #leave(error: unknown): void {
    if (this.#closed !== undefined) return;
    this.#end.abort(error);
    this.#closed = this.#close();
  }
}
