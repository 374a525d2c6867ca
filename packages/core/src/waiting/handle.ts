/** What goes on until it is stopped, as its caller sees it. */

import { milliseconds, type Rules } from "./option-table.ts";

/** How long a stop may take. */
export interface StopOptions {
  /** Milliseconds for what is under way before its signal aborts, 0 or more. @default that of what is stopped */
  readonly grace?: number | undefined;
  /** Milliseconds from then on until it ends without what still runs, 0 or more. @default that of what is stopped */
  readonly force?: number | undefined;
}

export const stopRules = { grace: milliseconds(), force: milliseconds() } satisfies Rules<StopOptions>;

/** The one shape of all that runs until it is stopped. Leaving the scope of an `await using` stops it. */
export interface Handle<Stats> extends AsyncDisposable {
  /**
   * Resolves when it has ended in good order: it was stopped, its signal was aborted, or a socket that it was handed was closed. Rejects only with
   * what it failed by.
   */
  readonly done: Promise<void>;
  /** What it has done so far, and what it does now. */
  readonly stats: Stats;
  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /**
   * Begins no more, finishes what is under way, and settles as `done`. After `grace` milliseconds what still runs sees its signal abort, and
   * `force` milliseconds later it ends without that, which is a process warning. Called once more it may come sooner, and not later.
   *
   * @throws TypeError, RangeError for wrong options
   */
  stop(options?: StopOptions): Promise<void>;
}
