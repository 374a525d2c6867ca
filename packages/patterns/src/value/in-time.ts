/** The time limit for checking a value: the rest of the wait that it is part of. */

import { TimeoutError, type WaitOptions } from "@awaitmq/core";
import { onGivingUp, raise } from "@awaitmq/core/internals";

/** Returns a function that gives the rest of the wait at each call. */
export function timeLeft(wait: WaitOptions): () => WaitOptions {
  const { signal, timeout = Number.POSITIVE_INFINITY } = wait;
  if (timeout === Number.POSITIVE_INFINITY) return () => wait;
  const end = performance.now() + timeout;
  return () => ({ signal, timeout: Math.ceil(Math.max(0, end - performance.now())) });
}

/** Settles as the value does, or rejects if that takes too long. */
export function inTime<T>(value: Promise<T>, wait: WaitOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    if (wait.signal?.aborted) reject(wait.signal.reason);
    const timedOut = () => {
      resolve(raise(new TimeoutError(`The schema did not check a value within the ${wait.timeout} ms that were left`)));
    };
    value.then(resolve, reject).finally(onGivingUp(wait, reject, timedOut));
  });
}
