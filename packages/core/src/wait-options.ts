/** What every wait takes: a signal to give up by, and a time to give up after. */

import { setMaxListeners } from "node:events";

/**
 * What ends a wait. Nothing is lost by it: a message that comes later goes to the next reader, one not yet sent is
 * never sent.
 */
export interface WaitOptions {
  /** Gives up when aborted; the promise rejects with `signal.reason`, unwrapped. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait, 0 or more. Rejects with `TimeoutError`. @default Infinity */
  readonly timeout?: number | undefined;
}

/** The longest delay that a Node timer keeps; a longer one would fire at once. */
export const longestTimer = 2 ** 31 - 1;

/** @throws TypeError, RangeError */
export function checkTimeout(timeout: number): void {
  if (typeof timeout !== "number")
    throw new TypeError(`timeout must be a number of milliseconds, got ${typeof timeout}`);
  if (!(timeout >= 0)) throw new RangeError(`timeout must be 0 or more milliseconds, got ${timeout}`);
}

/** Also lets any number of waits share the signal, of which Node would warn as of a leak. @throws TypeError */
export function checkSignal(signal: AbortSignal): void {
  // By its shape and not its class: a polyfill or another realm's signal will do.
  if (typeof signal?.aborted !== "boolean" || typeof signal.addEventListener !== "function")
    throw new TypeError("signal must be an AbortSignal");
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
}

/**
 * Calls one of the callbacks when the wait is to end early. Call what it returns when the wait ended otherwise.
 * The signal has been checked, and must not be aborted yet.
 */
export function onGivingUp(
  { signal, timeout = Number.POSITIVE_INFINITY }: WaitOptions,
  aborted: (reason: unknown) => void,
  timedOut: () => void,
): () => void {
  const abort = () => {
    release();
    aborted(signal?.reason);
  };
  const expire = () => {
    release();
    timedOut();
  };
  const timer = timeout <= longestTimer ? setTimeout(expire, timeout) : undefined;
  signal?.addEventListener("abort", abort);
  const release = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return release;
}
