/** What `serve` gives. */

import type { ServerStats } from "./serve-options.ts";

/** A server that runs, until it is stopped or its socket closes. Leaving the scope of an `await using` stops it. */
export interface Server extends AsyncDisposable {
  /** Resolves when the server has ended and no handler runs any more. It never rejects. */
  readonly done: Promise<void>;
  readonly stats: ServerStats;
  /** The endpoints that the server bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /**
   * Refuses what comes from now on with `UnavailableError`, answers what came before, and resolves as `done`. Handlers that run longer
   * than `grace` see their signals abort, and are waited for. A socket that was handed to `serve` stays open.
   */
  stop(): Promise<void>;
}
