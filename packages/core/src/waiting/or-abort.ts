/** Leaving what can't be cancelled. */

import { onGivingUp, type WaitOptions } from "./wait-options.ts";

/** Settles as the promise does, or rejects with `signal.reason` once that is aborted; what the promise then comes to is ignored. */
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
