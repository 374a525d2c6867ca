/** The time limit for checking a value: the rest of the wait that it is part of. */

import { TimeoutError, type WaitOptions } from "@awaitmq/core";
import { orGiveUp, raise } from "@awaitmq/core/internals";

/** Returns a function that gives the rest of the wait at each call. */
export function timeLeft<W extends WaitOptions>(wait: W): () => W {
  const { timeout = Number.POSITIVE_INFINITY } = wait;
  if (timeout === Number.POSITIVE_INFINITY) return () => wait;
  const end = performance.now() + timeout;
  return () => ({ ...wait, timeout: Math.ceil(Math.max(0, end - performance.now())) });
}

/** Settles as the promise does, or rejects with a TimeoutError, for which `late` gives the sentence. */
export function inTime<T>(
  promise: Promise<T>,
  wait: WaitOptions,
  late = () => `The schema did not check a value within the ${wait.timeout} ms that were left`,
): Promise<T> {
  return orGiveUp(promise, wait, () => raise(new TimeoutError(late())));
}
