/**
 * One timer for many deadlines. Most items settle before theirs, so this is cheaper than one timer each. It never keeps
 * the process alive.
 */

import { longestTimer } from "@awaitmq/core/internals";

export class Deadlines<T extends { readonly deadline: number }> {
  readonly #pending: Iterable<T>;
  readonly #expire: (item: T) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires, in the time of `performance.now()`. */
  #due = Number.POSITIVE_INFINITY;

  /**
   * @param pending the items that have not expired. The owner adds and removes them. A loop over them may see a copy
   * @param expire called for each item whose `deadline`, in the time of `performance.now()`, has passed. It removes the
   * item
   */
  constructor(pending: Iterable<T>, expire: (item: T) => void) {
    this.#pending = pending;
    this.#expire = expire;
  }

  /** Call this for each added item. */
  watch({ deadline }: T): void {
    if (deadline < this.#due) this.#arm(deadline);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
  }

  #arm(due: number): void {
    clearTimeout(this.#timer);
    this.#due = due;
    const delay = Math.min(longestTimer, Math.max(1, Math.ceil(due - performance.now())));
    this.#timer = setTimeout(this.#look, delay).unref();
  }

  readonly #look = (): void => {
    this.#due = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const item of this.#pending) {
      if (item.deadline <= now) this.#expire(item);
      else next = Math.min(next, item.deadline);
    }
    if (next < this.#due) this.#arm(next);
  };
}
