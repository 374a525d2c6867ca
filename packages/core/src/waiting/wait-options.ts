/** The options of every wait: a signal and a timeout. */

import { largestInt32 } from "../check.ts";
import { milliseconds, type Rules, signal } from "./option-table.ts";

/**
 * Options of a wait: a signal and a timeout.
 *
 * Giving up loses nothing: a message that arrives later goes to the next reader, and an unsent message is never sent.
 *
 * @category Types
 */
export interface WaitOptions {
  /** Gives up when aborted. The promise rejects with `signal.reason` itself. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait, 0 or more. After that the promise rejects with `TimeoutError`. @default Infinity */
  readonly timeout?: number | undefined;
}

/**
 * Options of a loop: a signal that ends it.
 *
 * @category Types
 */
export interface StreamOptions {
  /** Ends the loop when aborted: it throws `signal.reason`. No message is lost. */
  readonly signal?: AbortSignal | undefined;
}

export const streamRules = { signal: signal() } satisfies Rules<StreamOptions>;

export const waitRules = { signal: signal(), timeout: milliseconds() } satisfies Rules<WaitOptions>;

/** The longest delay of a Node timer. A longer one fires at once. */
export const longestTimer: number = largestInt32;

/** Combines two callbacks into one. The second is optional. */
export function both(first: () => void, second: (() => void) | undefined): () => void {
  if (second === undefined) return first;
  return () => {
    first();
    second();
  };
}

/**
 * Calls `aborted` or `timedOut` when the wait has to end early. Call the result when the wait ended otherwise.
 * The signal must be checked, and not aborted yet.
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
