/**
 * The end of what runs handlers, which has one whatever they and its peers do: `grace` until the signals of handlers abort, `force` from
 * then on, and a moment for what is still to be sent.
 */

import { longestTimer, orAbort } from "@awaitmq/core/internals";
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

/** What runs begins its own end with, and is bounded by in the end. */
export interface End {
  /** Nobody waits for it any more: the signals of handlers abort at once. */
  now(reason: unknown): void;
  /** It begins no more: what is under way goes on, as after `stop`. */
  soon(): void;
  /** Waits for its last words, but not for longer than the end may take. */
  within(words: Promise<unknown>): Promise<void>;
  /** Closes its sockets. What was sent has the time to leave that is left for the end. */
  close(sockets: Closes): Promise<void>;
}

/** Sockets, which close within so many milliseconds, or sooner by their own `linger`. */
interface Closes {
  closeWithin(milliseconds: number): Promise<void>;
}

/** Milliseconds after `force` for goodbyes, for what clients of abandoned handlers are told, and for what was sent and has not left. */
const lastWords = 400;
/** Milliseconds that libzmq may take after that to let go of a socket. */
const letGo = 100;

/** Milliseconds for each part. */
export interface Bounds {
  readonly grace: number;
  readonly force: number;
}

export class Ending implements Pick<End, "within" | "close"> {
  readonly #ends: Ends;
  readonly #graph = new WaitGraph();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Aborted when nothing is waited for any more. */
  readonly #late = new AbortController();
  /** When `force` is over, as `performance.now()` tells it. */
  #forced = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Begins it, or has it come sooner. */
  begin({ grace, force }: Bounds, reason: unknown): void {
    this.#forced = Math.min(this.#forced, performance.now() + grace + force);
    this.#after(grace, () => {
      this.#ends.abort(reason);
      this.#after(force, () => {
        this.#ends.abandon();
        this.#after(lastWords + letGo, () => this.#late.abort());
      });
    });
  }

  async within(words: Promise<unknown>): Promise<void> {
    const { signal } = this.#late;
    try {
      await orAbort(words, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  close(sockets: Closes): Promise<void> {
    const left = this.#forced + lastWords - performance.now();
    return this.within(sockets.closeWithin(Math.max(0, left)));
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
        throw new DeadlockError(
          "Cannot await stop() in a handler: stop() waits for that handler. Call it without await",
        );
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
