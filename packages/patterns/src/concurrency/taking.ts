/** Items that a function takes, one at a time, for an {@link ItemStream}. */

import { setMaxListeners } from "node:events";
import { ClosedError } from "@awaitmq/core";
import type { ItemSource } from "@awaitmq/core/internals";

/** The normal end of a loop. */
export const over = new ClosedError("The loop is over");

/** Takes the next item, and gives up when the signal aborts. Rejects with `over` if there are no more. */
export type Take<T> = (signal: AbortSignal) => Promise<T>;

/** Ends with the first failure, or when the loop is left. Then it takes nothing more. */
export class Taking<T> implements ItemSource<T> {
  readonly #take: Take<T>;
  readonly #close: () => Promise<void>;
  readonly #end = new AbortController();
  /**
   * Settles when all calls so far are served. They run one at a time, because an item that is skipped would otherwise
   * break their order.
   */
  #served: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** @param close releases what the function needs; called once, at the end */
  constructor(take: Take<T>, close: () => Promise<void> = async () => {}) {
    this.#take = take;
    this.#close = close;
    setMaxListeners(0, this.#end.signal);
  }

  /** Settles when everything is released. Undefined before the end. */
  get closed(): Promise<void> | undefined {
    return this.#closed;
  }

  request(resolve: (item: T) => void, reject: (error: unknown) => void): void {
    this.#served = this.#served.then(this.#next).then(resolve, reject);
  }

  /**
   * Ends it. Waiting calls reject with the error, unless their item has already come. So this returns false: they may
   * not have rejected.
   */
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
