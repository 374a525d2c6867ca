/** What a handler reads of the items that its client streams. */

import type { ItemReceiver } from "./item-receiver.ts";

/** The input of a handler. Leaving it tells the client to stop sending. */
export class ServedInput implements AsyncIterableIterator<unknown, undefined> {
  readonly #input: ItemReceiver<unknown> | undefined;
  readonly #enough: (() => void) | undefined;

  /**
   * @param input undefined if the client streams nothing
   * @param enough tells the client to send no more. Undefined for a plain request
   */
  constructor(input?: ItemReceiver<unknown>, enough?: () => void) {
    this.#input = input;
    this.#enough = enough;
  }

  /** Whether the client streams, even if it sends nothing. */
  get isStreamed(): boolean {
    return this.#input !== undefined;
  }

  /** Whether the handler may stream. */
  get isOfStream(): boolean {
    return this.#enough !== undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#input === undefined) return Promise.resolve({ value: undefined, done: true });
    this.#input.open();
    return this.#input.next();
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#input?.isOver === false) {
      if (!this.#input.isEnded) this.#enough?.();
      this.#input.leave();
    }
    return Promise.resolve({ value: undefined, done: true });
  }
}
