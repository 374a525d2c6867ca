/** The handle of a running task, for its caller. */

import { milliseconds, type Rules } from "./option-table.ts";

/**
 * Options of `stop`: how long a graceful shutdown may take.
 *
 * @category Lifetime
 */
export interface StopOptions {
  /** Milliseconds that running work may take before its signal aborts, 0 or more. @default the `grace` of the stopped task */
  readonly grace?: number | undefined;
  /** Milliseconds after that until the stop ends without the work that still runs, 0 or more. @default the `force` of the stopped task */
  readonly force?: number | undefined;
}

export const stopRules = { grace: milliseconds(), force: milliseconds() } satisfies Rules<StopOptions>;

/**
 * A running task, such as a proxy or a server: its result, its counters and its stop.
 *
 * With `await using`, leaving the scope stops it.
 *
 * @category Lifetime
 */
export interface Handle<Stats> extends AsyncDisposable {
  /**
   * Settles when the task ends.
   *
   * It resolves after a stop, after an abort of its signal, and when a socket that it was given was closed. It rejects only when the task
   * failed.
   */
  readonly done: Promise<void>;
  /** Counters: the work done so far, and the work in progress. */
  readonly stats: Stats;
  /** The endpoints that the task bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /**
   * Shuts down gracefully: starts no new work, finishes the running work, and settles like `done`.
   *
   * After `grace` milliseconds, the signal of the running work aborts. After another `force` milliseconds, the stop ends without that work
   * and emits a process warning. A second call may only shorten these times.
   *
   * @param options how long it may take
   * @throws TypeError or RangeError for wrong options; the error of `done`
   */
  stop(options?: StopOptions): Promise<void>;
}
