/** What every wait takes: a signal to give up by, and a time to give up after. */

import { setMaxListeners } from "node:events";
import { checkMilliseconds, checkObject, checkOptions, largestInt32, refuseOption } from "../check.ts";

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

/** What ends a loop over messages. */
export interface StreamOptions {
  /** Ends the stream when aborted: the loop throws `signal.reason`. No message is lost. */
  readonly signal?: AbortSignal | undefined;
}

const streamNames = { signal: true } as const;

/** @throws TypeError, RangeError */
export function checkWaitOptions(of: string, options: WaitOptions): void {
  checkObject(of, options);
  for (const name in options) if (name !== "signal" && name !== "timeout") refuseOption(of, options, name);
  if (options.signal !== undefined) checkSignal(options.signal);
  if (options.timeout !== undefined) checkMilliseconds("timeout", options.timeout);
}

/** @throws TypeError */
export function checkStreamOptions(of: string, options: StreamOptions): void {
  checkOptions(of, options, streamNames);
  if (options.signal !== undefined) checkSignal(options.signal);
}

/** The longest delay that a Node timer keeps; a longer one would fire at once. */
export const longestTimer: number = largestInt32;

/** Also lets any number of waits share the signal, of which Node would warn as of a leak. @throws TypeError */
export function checkSignal(signal: AbortSignal): void {
  // By its shape and not its class: a polyfill or another realm's signal will do.
  if (typeof signal?.aborted !== "boolean" || typeof signal.addEventListener !== "function")
    throw new TypeError("signal must be an AbortSignal");
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
}

/** One call in place of two, of which the second may be missing. */
export function both(first: () => void, second: (() => void) | undefined): () => void {
  if (second === undefined) return first;
  return () => {
    first();
    second();
  };
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
