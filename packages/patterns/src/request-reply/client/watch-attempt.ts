/** The timers of an attempt that may be repeated: when a second server is asked too, and when it is given up. */

import { TimeoutError } from "@awaitmq/core";
import { type Attempt, after } from "./call.ts";
import type { CheckedClientOptions } from "./client-options.ts";

/**
 * @param hedge asks a second server
 * @param failed gives the attempt up
 */
export function watchAttempt(
  { call, link }: Attempt,
  { retry: { attemptTimeout }, hedge: hedging }: CheckedClientOptions,
  hedge: () => void,
  failed: (error: TimeoutError) => void,
): void {
  if (hedging !== undefined && call.made === 1 && call.stream === undefined) after(call, hedging.after, hedge);
  if (attemptTimeout === Number.POSITIVE_INFINITY) return;
  after(call, attemptTimeout, () =>
    failed(new TimeoutError(`No reply from ${link.endpoint} within ${attemptTimeout} ms (attemptTimeout)`)),
  );
}
