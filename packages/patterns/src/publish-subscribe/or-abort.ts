/** Signals: leaving what can't be cancelled, and sharing one among many. */

import { setMaxListeners } from "node:events";

/** Settles as the promise does, or rejects with `signal.reason` once that is aborted; what the promise then comes to is ignored. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  manyMayWait(signal);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Any number of waits may share a signal, of which Node would warn as of a leak. @throws TypeError for what is no signal */
export function manyMayWait(signal: AbortSignal): void {
  // By its shape and not its class: a polyfill or another realm's signal will do.
  if (typeof signal?.aborted !== "boolean" || typeof signal.addEventListener !== "function")
    throw new TypeError("signal must be an AbortSignal");
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
}
