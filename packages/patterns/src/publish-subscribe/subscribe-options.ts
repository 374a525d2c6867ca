/** What `subscribe` takes and gives. */

import type { Subscriber } from "@awaitmq/core";
import { oneOf, type Rules, required, signal } from "@awaitmq/core/internals";
import { type ReadingOptions, readingRules } from "../value/values.ts";
import type { TopicMatch } from "./topic.ts";

/** Options of the socket that `subscribe` opens. */
export type SubscriberOptions = NonNullable<ConstructorParameters<typeof Subscriber>[0]>;

/** How values are read, and what counts as matching. The frames that `onInvalid` gets begin with that of the topic. */
export type SubscribeOptions<T> = SubscribeSettings & ReadingOptions<T>;

/** What counts as matching, and what ends the loop. */
export interface SubscribeSettings {
  /** @default "prefix" */
  readonly match?: TopicMatch | undefined;
  /** Ends the loop when aborted: what was opened for it is closed at once, and the next message that it asks for throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** A value, and the topic that it was published under. */
export interface TopicMessage<T> {
  readonly topic: string;
  readonly value: T;
}

/** One loop. Who does not loop over it to its end disposes of it, or calls `return`. */
export interface Subscription<T> extends AsyncIterableIterator<TopicMessage<T>, undefined>, AsyncDisposable {
  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  readonly endpoints: readonly string[];
  /** The next message that matches. Any number of calls may wait; they are served in their order. */
  next(): Promise<IteratorResult<TopicMessage<T>, undefined>>;
  /** Ends the loop: calls of `next` that wait are done, and the subscriptions are taken back. */
  return(): Promise<IteratorResult<TopicMessage<T>, undefined>>;
  /** As `return()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export const subscribeRules = {
  ...readingRules,
  codec: required(readingRules.codec),
  match: oneOf<TopicMatch>(["prefix", "segments"], "prefix"),
  signal: signal(),
} satisfies Rules<{ [Name in keyof SubscribeOptions<never>]: unknown }>;
