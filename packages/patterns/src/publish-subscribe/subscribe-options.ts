/** The options of `subscribe`, and what it returns. */

import type { Subscriber } from "@awaitmq/core";
import { oneOf, type Rules, required, signal } from "@awaitmq/core/internals";
import { type ReadingOptions, readingRules } from "../value/values.ts";
import type { TopicMatch } from "./topic.ts";

/** Options of the socket that `subscribe` opens. */
export type SubscriberOptions = NonNullable<ConstructorParameters<typeof Subscriber>[0]>;

/**
 * How values are read, which topics match, and what ends the loop. The frames that `onInvalid` gets begin with the
 * topic.
 *
 * @category Publish and subscribe
 */
export type SubscribeOptions<T> = SubscribeSettings & ReadingOptions<T>;

/**
 * Which topics match, and what ends the loop.
 *
 * @category Publish and subscribe
 */
export interface SubscribeSettings {
  /** How filters match topics. @default "prefix" */
  readonly match?: TopicMatch | undefined;
  /**
   * Ends the loop when aborted: it closes at once what it opened, and the next call for a message throws
   * `signal.reason`.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A value, and the topic it was published under.
 *
 * @category Publish and subscribe
 */
export interface TopicMessage<T> {
  /** The topic it was published under. */
  readonly topic: string;
  /** The decoded value. */
  readonly value: T;
}

/**
 * A loop over published values. If you do not loop to its end, dispose of it or call `return`.
 *
 * @category Publish and subscribe
 */
export interface Subscription<T> extends AsyncIterableIterator<TopicMessage<T>, undefined>, AsyncDisposable {
  /** The endpoints that it bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /** Resolves to the next message that matches. Any number of calls may wait; they are served in order. */
  next(): Promise<IteratorResult<TopicMessage<T>, undefined>>;
  /** Ends the loop: waiting calls of `next` are done, and the subscriptions are cancelled. */
  return(): Promise<IteratorResult<TopicMessage<T>, undefined>>;
  /** The same as `return()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export const subscribeRules = {
  ...readingRules,
  codec: required(readingRules.codec),
  match: oneOf<TopicMatch>(["prefix", "segments"], "prefix"),
  signal: signal(),
} satisfies Rules<{ [Name in keyof SubscribeOptions<never>]: unknown }>;
