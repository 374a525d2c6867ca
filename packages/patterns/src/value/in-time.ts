/** The time that a value has to be checked in: what is left of the wait that it is part of. */

import { TimeoutError, type WaitOptions } from "@awaitmq/core";
import { onGivingUp, raise } from "@awaitmq/core/internals";

/** The wait as it is from now on, each time that it is asked for. */
export function timeLeft(wait: WaitOptions): () => WaitOptions {
  const { signal, timeout = Number.POSITIVE_INFINITY } = wait;
  if (timeout === Number.POSITIVE_INFINITY) return () => wait;
  const end = performance.now() + timeout;
  return () => ({ signal, timeout: Math.ceil(Math.max(0, end - performance.now())) });
}

/** Settles as the value does, or rejects when it takes too long. */
export function inTime<T>(value: Promise<T>, wait: WaitOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    if (wait.signal?.aborted) reject(wait.signal.reason);
    const timedOut = () => {
      resolve(raise(new TimeoutError(`The schema did not check a value within the ${wait.timeout} ms that were left`)));
    };
    value.then(resolve, reject).finally(onGivingUp(wait, reject, timedOut));
  });
}
