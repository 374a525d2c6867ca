/** What `subscribe` takes. */

import type { Message, Subscriber } from "@awaitmq/core";
import { callback, oneOf, option, type Rules, required, signal } from "@awaitmq/core/internals";
import type { CodecError, SchemaError } from "../errors.ts";
import { checkDecoder, type Decoder } from "../value/codec.ts";
import { type Schema, schemaRule } from "../value/schema.ts";
import type { TopicMatch } from "./topic.ts";

/** Options of the socket that `subscribe` opens. */
export type SubscriberOptions = NonNullable<ConstructorParameters<typeof Subscriber>[0]>;

/** How values are read, what counts as matching, and what a wrong one does. */
export interface SubscribeOptions<T> {
  /** How values travel, as the publisher has it. */
  readonly codec: Decoder<unknown>;
  /** Checks each value, and gives what it makes of it. It may be asynchronous. @default values as the codec gives them */
  readonly schema?: Schema<unknown, T> | undefined;
  /** @default "prefix" */
  readonly match?: TopicMatch | undefined;
  /** Ends the loop when aborted: it throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of each message that can't be read, and the loop goes on with the next. The frames begin with that of the topic. What
   * this throws, the loop throws. @default the loop throws the error
   */
  readonly onInvalid?: ((error: CodecError | SchemaError, message: Message) => unknown) | undefined;
}

export const subscribeRules = {
  codec: required(option<Decoder<unknown>>(checkDecoder)),
  schema: schemaRule,
  match: oneOf<TopicMatch>(["prefix", "segments"], "prefix"),
  signal: signal(),
  onInvalid: callback<NonNullable<SubscribeOptions<unknown>["onInvalid"]>>(),
} satisfies Rules<{ [Name in keyof SubscribeOptions<never>]: unknown }>;
