/** The end of what runs handlers, which has one whatever they do: `grace` until their signals abort, and `force` from then on. */

import { longestTimer } from "@awaitmq/core/internals";
import { DeadlockError } from "../errors.ts";
import { WaitGraph } from "./wait-graph.ts";

/** What it does to what it ends, each perhaps more than once. */
export interface Ends {
  /** Aborts the signals of handlers. */
  abort(reason: unknown): void;
  /** Goes on as if those that still run had ended. */
  abandon(): void;
  /** Of each handler that runs a promise that nobody awaits, which settles when it has ended. */
  outcomes(): Iterable<Promise<unknown>>;
}

/** Milliseconds for each part. */
export interface Bounds {
  readonly grace: number;
  readonly force: number;
}

export class Ending {
  readonly #ends: Ends;
  readonly #graph = new WaitGraph();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Begins it, or has it come sooner. */
  begin({ grace, force }: Bounds, reason: unknown): void {
    this.#after(grace, () => {
      this.#ends.abort(reason);
      this.#after(force, () => this.#ends.abandon());
    });
  }

  /**
   * Resolves when `done` does.
   *
   * @throws DeadlockError if a handler awaits that
   */
  async wait(done: Promise<void>, { grace, force }: Bounds): Promise<void> {
    let isDone = false;
    const over = done.then(() => {
      isDone = true;
    });
    // Whoever awaits this does so a moment later; a handler that first did something else may do so much later.
    for (const milliseconds of [0, grace, force]) {
      const pause = elapse(milliseconds);
      await Promise.race([over, pause.over]).finally(pause.cancel);
      if (isDone) return;
      if (this.#graph.isAwaitedBy(this.#ends.outcomes()))
        throw new DeadlockError("Cannot await stop() in a handler: it waits for that handler. Call it without await");
    }
    await done;
  }

  /** There is nothing to be ended any more. */
  over(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(milliseconds: number, action: () => void): void {
    if (this.#isOver || milliseconds > longestTimer) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** A promise that resolves after so many milliseconds, unless it is cancelled. */
function elapse(milliseconds: number): { readonly over: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    if (milliseconds <= longestTimer) timer = setTimeout(resolve, milliseconds);
  });
  return { over, cancel: () => clearTimeout(timer) };
}
