/** What `collect` takes. */

import { bound, milliseconds, type Rules, signal } from "@awaitmq/core/internals";
import { type ReadingOptions, readingRules } from "../value/values.ts";

/** When to stop. */
export interface CollectOptions {
  /** How many messages to give, a whole number, 0 or more. @default Infinity: all until the socket closes */
  readonly count?: number | undefined;
  /**
   * Milliseconds to wait for each message that is given, 0 or more; an asynchronous schema has the same time. Then the loop throws `TimeoutError`.
   *
   * @default Infinity
   */
  readonly timeout?: number | undefined;
  /** Ends the loop at once: what was opened for it is closed, and the next message that it asks for throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** When to stop, and how values are read. A message that `onInvalid` is told of does not count. */
export type ValueCollectOptions<T> = CollectOptions & ReadingOptions<T>;

/** One loop. Who does not loop over it to its end disposes of it, or calls `return`. */
export interface Collection<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /** The next message. Any number of calls may wait; they are served in their order. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Ends the loop: calls of `next` that wait are done, and what was opened for the loop is closed. */
  return(): Promise<IteratorResult<T, undefined>>;
  /** As `return()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export const collectRules = {
  count: bound(0, Number.POSITIVE_INFINITY),
  timeout: milliseconds(Number.POSITIVE_INFINITY),
  signal: signal(),
  ...readingRules,
} satisfies Rules<{ [Name in keyof ValueCollectOptions<never>]: unknown }>;
