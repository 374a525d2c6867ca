/**
 * Detects whether a handler waits for the shutdown of its own server, which waits for the handler.
 *
 * V8 stores with each promise which function awaits it, and shows that in stack traces. So this costs nothing until
 * someone asks. AsyncLocalStorage would cost 100 to 400 ns per promise of the process in Node 20, and would also report
 * calls that nobody awaits.
 */

let count = 0;

/** Stack frames to look through. Two handlers that wait for each other make a circle. */
const mostFrames = 100;

export class WaitGraph {
  readonly #name = `awaitmq handler ${++count};`;
  /** Promises that already have a watching function. V8 follows a promise only to a single function that awaits it. */
  readonly #watched = new WeakSet<Promise<unknown>>();

  /** The stack shows the name of this function. */
  readonly #watch: (outcome: Promise<unknown>) => Promise<void> = {
    [this.#name]: async (outcome: Promise<unknown>): Promise<void> => {
      await outcome;
    },
  }[this.#name] as never;

  /**
   * Whether one of these handlers awaits the promise of the async function that calls this after an `await` of its own.
   *
   * `outcomes` has a promise per handler, which nobody else awaits, and which settles when the handler has ended. A
   * wait through a callback that is not a promise's is not seen.
   */
  isAwaitedBy(outcomes: Iterable<Promise<unknown>>): boolean {
    for (const outcome of outcomes) {
      if (this.#watched.has(outcome)) continue;
      this.#watched.add(outcome);
      void this.#watch(outcome);
    }
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = mostFrames;
    const { stack } = new Error();
    Error.stackTraceLimit = limit;
    return String(stack).includes(this.#name);
  }
}
