/**
 * Structured concurrency by abort-controller-x, whose aborts forget the reason of their signal: here it is the reason that a
 * promise rejects with.
 */

import * as controllers from "abort-controller-x";

/** Runs all at once; the first that settles decides, and the others are aborted and waited for. */
export async function race<T>(
  signal: AbortSignal | undefined,
  body: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T> {
  try {
    return await controllers.race(signal ?? new AbortController().signal, body);
  } catch (error) {
    if (signal?.aborted && controllers.isAbortError(error)) throw signal.reason;
    throw error;
  }
}
