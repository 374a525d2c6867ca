/** Packed messages as arrays, frame by frame. */

import { ItemStream } from "../waiting/item-stream.ts";

/** The normal end of the messages. */
const over = Symbol("over");

/** An iterator over batches. Signals and errors are handled by the messages beneath. */
export class PackedBatches<T> extends ItemStream<T[]> {
  readonly #leave: () => Promise<unknown>;

  /**
   * @param take returns the next batch, or undefined at the end
   * @param leave leaves the messages
   */
  constructor(take: () => Promise<T[] | undefined>, leave: () => Promise<unknown>) {
    const request = (resolve: (batch: T[]) => void, reject: (error: unknown) => void) =>
      take().then((batch) => (batch === undefined ? reject(over) : resolve(batch)), reject);
    super({ request, leaveAll: () => false }, undefined, (error) => error === over);
    this.#leave = leave;
  }

  override async return(): Promise<IteratorResult<T[], undefined>> {
    await this.#leave();
    return super.return();
  }
}
