/** What a TopicPublisher takes, and its calls. */

import type { WaitOptions, XPublisher } from "@awaitmq/core";
import { count, option, type Rules, required, signal, waitRules } from "@awaitmq/core/internals";
import { checkEncoder, type Encoder } from "../value/codec.ts";
import { type Schema, schemaRule } from "../value/schema.ts";

/** Options of the socket that a TopicPublisher opens. */
export type XPublisherOptions = NonNullable<ConstructorParameters<typeof XPublisher>[0]>;

/** How values travel, what they must be like, and what ends it. */
export interface TopicPublisherOptions<T> {
  /** How values travel: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Encoder<T>;
  /** What values must be like, by any library that implements Standard Schema. @default anything that the codec takes */
  readonly schema?: Schema<T, unknown> | undefined;
  /** Closes the publisher when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** How many subscriptions to wait for, and for how long. */
export interface SubscribedOptions extends WaitOptions {
  /** How many subscriptions to wait for, a whole number, 1 or more. @default 1 */
  readonly count?: number | undefined;
}

export const publisherRules = {
  codec: required(option<Encoder<unknown>>(checkEncoder)),
  schema: schemaRule,
  signal: signal(),
} satisfies Rules<{ [Name in keyof TopicPublisherOptions<never>]: unknown }>;

export const subscribedRules = { ...waitRules, count: count(1, 1) } satisfies Rules<SubscribedOptions>;
