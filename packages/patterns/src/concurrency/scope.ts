/**
 * Structured concurrency by abort-controller-x, whose aborts forget the reason of their signal: here it is the reason that a
 * promise rejects with.
 */

import * as controllers from "abort-controller-x";

/** Runs all at once; the first that settles decides, and the others are aborted and waited for. */
export function race<T>(
  signal: AbortSignal | undefined,
  body: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T> {
  return withReason(signal, (given) => controllers.race(given, body));
}

async function withReason<T>(signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await run(signal ?? new AbortController().signal);
  } catch (error) {
    if (signal?.aborted && controllers.isAbortError(error)) throw signal.reason;
    throw error;
  }
}
