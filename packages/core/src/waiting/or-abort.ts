/** Leaving what can't be cancelled. */

import { onGivingUp } from "./wait-options.ts";

/** Settles as the promise does, or rejects with `signal.reason` once that is aborted; what the promise then comes to is ignored. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    promise.then(resolve, reject).finally(onGivingUp({ signal }, reject, () => {}));
  });
}
