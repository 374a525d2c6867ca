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
   * Refuses what comes from now on with `UnavailableError`, answers what came before, and resolves as `done`. After `grace` handlers that
   * still run see their signals abort, and are waited for; requests that wait for their turn are refused.
   *
   * In the end it tells clients that it goes, and reads on until each has promised to send no more, a second at most: so it takes some 50 to
   * 150 ms more than the handlers do. What a `RequestClient` has on its way is refused, and goes to another server. A socket that was handed
   * to `serve` stays open. A handler must not await this, which waits for the handler.
   */
  stop(): Promise<void>;
}
