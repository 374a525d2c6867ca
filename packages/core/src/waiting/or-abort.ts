/** Stops waiting for a promise that cannot be cancelled. */

import { onGivingUp, type WaitOptions } from "./wait-options.ts";

/** Settles like the promise, or rejects with `signal.reason` once the signal aborts. A later result of the promise is ignored. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? promise : orGiveUp(promise, { signal }, () => promise);
}

/** As `orAbort`, or settles as `timedOut` says when the time is over. */
export function orGiveUp<T>(promise: Promise<T>, wait: WaitOptions, timedOut: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (wait.signal?.aborted) {
      promise.catch(() => {});
      reject(wait.signal.reason);
      return;
    }
    const release = onGivingUp(wait, reject, () => resolve(timedOut()));
    promise.then(resolve, reject).finally(release);
  });
}
