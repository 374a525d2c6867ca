/** What every wait takes: a signal to give up by, and a time to give up after. */

import { largestInt32 } from "../check.ts";
import { milliseconds, type Rules, signal } from "./option-table.ts";

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

export const streamRules = { signal: signal() } satisfies Rules<StreamOptions>;

export const waitRules = { signal: signal(), timeout: milliseconds() } satisfies Rules<WaitOptions>;

/** The longest delay that a Node timer keeps; a longer one would fire at once. */
export const longestTimer: number = largestInt32;

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
