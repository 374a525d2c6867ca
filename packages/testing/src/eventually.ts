/** Waits for a condition, with a time limit. Tests use it instead of sleeping. */

import { setTimeout as sleep } from "node:timers/promises";
import { patience } from "./patience.ts";

export interface EventuallyOptions {
  /** Milliseconds until the wait fails. @default 150_000 */
  readonly timeout?: number;
  /** Milliseconds between two checks. @default 5 */
  readonly interval?: number;
  /** A sentence about the awaited condition; the failure starts with it. */
  readonly message?: string;
}

/**
 * Calls `condition` until its result (or its promise's result) is truthy, and resolves to that result. A throw counts as "not
 * yet"; the last error is the `cause` of the failure. A condition of assertions must end with `return true`, because undefined
 * is not truthy.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeout = patience, interval = 5, message = "The condition never held" }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    let found: string;
    let cause: unknown;
    try {
      const value = await within(condition, deadline - performance.now());
      if (value) return value;
      found = `it gave ${String(value)}`;
    } catch (error) {
      cause = error;
      found = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() >= deadline) throw new Error(`${message} within ${timeout} ms: ${found}`, { cause });
    await sleep(interval);
  }
}

/** Ends a condition whose promise hangs at the deadline. */
async function within<T>(condition: () => T | Promise<T>, remaining: number): Promise<T> {
  const value = condition();
  if (!(value instanceof Promise)) return value;
  const stop = new AbortController();
  const late = sleep(Math.max(0, remaining), undefined, { signal: stop.signal }).then(() => {
    throw new Error("it was still pending");
  });
  late.catch(() => {});
  try {
    return await Promise.race([value, late]);
  } finally {
    stop.abort();
  }
}
