/** What `collect` takes. */

import type { Message } from "@awaitmq/core";
import { bound, callback, milliseconds, option, type Rules, signal } from "@awaitmq/core/internals";
import type { CodecError, SchemaError } from "../errors.ts";
import { checkDecoder, type Decoder } from "../value/codec.ts";
import { type Schema, schemaRule } from "../value/schema.ts";

/** When to stop. */
export interface CollectOptions {
  /** How many messages to give, a whole number, 0 or more. @default Infinity: all until the socket closes */
  readonly count?: number | undefined;
  /** Milliseconds to wait for each message, 0 or more; then the loop throws `TimeoutError`. @default Infinity */
  readonly timeout?: number | undefined;
  /** Ends the loop, which throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** When to stop, and how values are read. */
export interface ValueCollectOptions<T> extends CollectOptions {
  /** How values travel, as the worker has it. */
  readonly codec: Decoder<unknown>;
  /** Checks each value, and gives what it makes of it. It may be asynchronous. @default values as the codec gives them */
  readonly schema?: Schema<unknown, T> | undefined;
  /**
   * Told of each message that can't be read; it does not count, and the loop goes on with the next. What this throws, the loop throws.
   *
   * @default the loop throws the error
   */
  readonly onInvalid?: ((error: CodecError | SchemaError, message: Message) => unknown) | undefined;
}

export const collectRules = {
  count: bound(0, Number.POSITIVE_INFINITY),
  timeout: milliseconds(Number.POSITIVE_INFINITY),
  signal: signal(),
  codec: option<Decoder<unknown>>(checkDecoder),
  schema: schemaRule,
  onInvalid: callback<NonNullable<ValueCollectOptions<unknown>["onInvalid"]>>(),
} satisfies Rules<{ [Name in keyof ValueCollectOptions<never>]: unknown }>;
