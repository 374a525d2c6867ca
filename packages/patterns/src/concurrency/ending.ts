/**
 * The shutdown of everything that runs handlers. It always ends, whatever handlers and peers do. After `grace` the
 * signals of handlers abort. After `force` it goes on without them. Then the last messages have a moment to leave.
 */

import { longestTimer, orAbort } from "@awaitmq/core/internals";
import { DeadlockError } from "../errors.ts";
import { WaitGraph } from "./wait-graph.ts";

/** What an owner calls to begin its own shutdown, and to limit its last steps. */
export interface Ends {
  /** Aborts the signals of handlers. */
  abort(reason: unknown): void;
  /** Continues as if the handlers that still run had ended. */
  abandon(): void;
  /** A promise for each running handler, which nobody awaits, and which settles when the handler has ended. */
  outcomes(): Iterable<Promise<unknown>>;
}

/** What runs begins its own end with, and is bounded by in the end. */
export interface End {
  /** Nobody waits for replies any more: the signals of handlers abort at once. */
  now(reason: unknown): void;
  /** Begins no more work. Running handlers continue, as after `stop`. */
  soon(): void;
  /** Waits for last messages, but no longer than the shutdown may take. */
  within(words: Promise<unknown>): Promise<void>;
  /** Closes the sockets. Sent messages have the rest of the shutdown's time to leave. */
  close(sockets: Closes): Promise<void>;
}

/** Sockets that close within this many milliseconds, or sooner by their own `linger`. */
interface Closes {
  closeWithin(milliseconds: number): Promise<void>;
}

/**
 * Milliseconds after `force` for goodbyes, errors to the clients of abandoned handlers, and sent messages that have not
 * left.
 */
const lastWords = 400;
/** Milliseconds after that for libzmq to release a socket. */
const letGo = 100;

/** Milliseconds for each phase. */
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
  /** When `force` is over, in the time of `performance.now()`. */
  #forced = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Begins the shutdown, or makes it sooner. */
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
   * @throws DeadlockError if a handler awaits this call
   */
  async wait(done: Promise<void>, { grace, force }: Bounds): Promise<void> {
    let isDone = false;
    const over = done.then(() => {
      isDone = true;
    });
    // A handler awaits this only after the call, and perhaps much later. So look three times.
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

  /** The shutdown is over. */
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

/** A promise that resolves after this many milliseconds, unless it is cancelled. */
function elapse(milliseconds: number): { readonly over: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    if (milliseconds <= longestTimer) timer = setTimeout(resolve, milliseconds);
  });
  return { over, cancel: () => clearTimeout(timer) };
}
