/**
 * Tells whether handlers wait for the end of what runs them, which would wait for them in turn. V8 keeps with each promise who awaits it,
 * and shows it in stack traces: so this costs nothing until somebody asks. AsyncLocalStorage would tell too, at 100 to 400 ns for each promise
 * of the process in Node 20, and of calls that nobody waits for.
 */

let count = 0;

/** Frames that are looked through. Two that wait for each other make a circle. */
const mostFrames = 100;

export class WaitGraph {
  readonly #name = `awaitmq handler ${++count};`;
  /** V8 follows a promise to the one who awaits it, if it is one. */
  readonly #watched = new WeakSet<Promise<unknown>>();

  /** The name of this function is what the stack shows. */
  readonly #watch: (outcome: Promise<unknown>) => Promise<void> = {
    [this.#name]: async (outcome: Promise<unknown>): Promise<void> => {
      await outcome;
    },
  }[this.#name] as never;

  /**
   * Whether one of these handlers, given by promises that nobody else awaits and that settle when they have ended, awaits the promise of the
   * async function that calls this, behind an `await` of its own. A wait by way of a callback that is no promise's is not seen.
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
