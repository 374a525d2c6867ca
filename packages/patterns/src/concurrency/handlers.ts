/** Runs handlers, so many at once; the others wait, those of a higher priority first. */

import PQueue from "p-queue";

export class Handlers {
  readonly #queue: PQueue;

  /** @param concurrency how many run at once, 1 or more */
  constructor(concurrency: number) {
    this.#queue = new PQueue({ concurrency });
  }

  get running(): number {
    return this.#queue.pending;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Runs `handler` when its turn has come, and settles as it does. */
  run<T>(handler: () => Promise<T>, priority = 0): Promise<T> {
    return this.#queue.add(handler, { priority });
  }

  /** Resolves when fewer than `count` wait. */
  fewerWaiting(count: number): Promise<void> {
    return this.#queue.onSizeLessThan(count);
  }

  /** Resolves when none runs or waits. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }
}
