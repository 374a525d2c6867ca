/** The options of `collect`, and what it returns. */

import { bound, milliseconds, type Rules, signal } from "@awaitmq/core/internals";
import { type ReadingOptions, readingRules } from "../value/values.ts";

/**
 * When the loop ends.
 *
 * @category Push and pull
 */
export interface CollectOptions {
  /** Messages to give: a whole number, 0 or more. @default Infinity: all until the socket closes */
  readonly count?: number | undefined;
  /**
   * Milliseconds to wait for each message that the loop gives, 0 or more, including the time of an asynchronous schema.
   * Then the loop throws `TimeoutError`. @default Infinity
   */
  readonly timeout?: number | undefined;
  /** Ends the loop when aborted: it closes what it opened, and the next call for a message throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The options of `collect` with a codec. A message that goes to `onInvalid` does not count.
 *
 * @category Push and pull
 */
export type ValueCollectOptions<T> = CollectOptions & ReadingOptions<T>;

/**
 * A loop over collected messages. If you do not loop to its end, dispose of it or call `return`.
 *
 * @category Push and pull
 */
export interface Collection<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** The endpoints that it bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /** Resolves to the next message. Any number of calls may wait; they are served in order. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Ends the loop: waiting calls of `next` are done, and what was opened for the loop closes. */
  return(): Promise<IteratorResult<T, undefined>>;
  /** The same as `return()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export const collectRules = {
  count: bound(0, Number.POSITIVE_INFINITY),
  timeout: milliseconds(Number.POSITIVE_INFINITY),
  signal: signal(),
  ...readingRules,
} satisfies Rules<{ [Name in keyof ValueCollectOptions<never>]: unknown }>;
