/** The options of `TopicPublisher` and its calls. */

import type { WaitOptions, XPublisher } from "@awaitmq/core";
import { count, option, type Rules, required, signal, waitRules } from "@awaitmq/core/internals";
import { checkEncoder, type Encoder } from "../value/codec.ts";
import { type Schema, schemaRule } from "../value/schema.ts";

/** Options of the socket that a TopicPublisher opens. */
export type XPublisherOptions = NonNullable<ConstructorParameters<typeof XPublisher>[0]>;

/**
 * The codec, schema and signal of a publisher.
 *
 * @category Publish and subscribe
 */
export interface TopicPublisherOptions<T> {
  /** How values are encoded: `json`, `text`, `bytes`, or your own codec. */
  readonly codec: Encoder<T>;
  /**
   * Checks each value. Any Standard Schema library works, such as zod, valibot or arktype. @default none: anything that
   * the codec takes
   */
  readonly schema?: Schema<T, unknown> | undefined;
  /** Closes the publisher when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How many subscriptions to wait for, and how long.
 *
 * @category Publish and subscribe
 */
export interface SubscribedOptions extends WaitOptions {
  /** Subscriptions to wait for: a whole number, 1 or more. @default 1 */
  readonly count?: number | undefined;
}

export const publisherRules = {
  codec: required(option<Encoder<unknown>>(checkEncoder)),
  schema: schemaRule,
  signal: signal(),
} satisfies Rules<{ [Name in keyof TopicPublisherOptions<never>]: unknown }>;

export const subscribedRules = { ...waitRules, count: count(1, 1) } satisfies Rules<SubscribedOptions>;
