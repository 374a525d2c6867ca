/** Messages as values: a codec converts frames, and a schema checks incoming values. */

import type { Message } from "@awaitmq/core";
import { callback, option } from "@awaitmq/core/internals";
import type { CodecError, SchemaError } from "../errors.ts";
import { type Codec, checkCodec, checkDecoder, type Decoder, decodeValue, type Encoder } from "./codec.ts";
import { applySchema, type Schema, schemaRule } from "./schema.ts";

/**
 * No codec: messages are frames.
 *
 * @category Values
 */
export interface FramesOnly {
  /** Not set. */
  readonly codec?: undefined;
  /** Not set: a schema needs a codec. */
  readonly schema?: undefined;
}

/**
 * A codec without a schema: incoming values have the type that the codec decodes.
 *
 * @category Values
 */
export interface ByCodec<In, Out> {
  /** How values are encoded and decoded: `json`, `text`, `bytes`, or your own codec. */
  readonly codec: Decoder<In> & Encoder<Out>;
  /** Not set: values are not checked. */
  readonly schema?: undefined;
}

/**
 * A codec with a schema, which checks incoming values.
 *
 * @category Values
 */
export interface BySchema<In, Out> {
  /** How values are encoded and decoded: `json`, `text`, `bytes`, or your own codec. */
  readonly codec: Decoder<unknown> & Encoder<Out>;
  /**
   * Checks each incoming value and returns the result. Any Standard Schema library works. The schema may be
   * asynchronous.
   */
  readonly schema: Schema<unknown, In>;
}

/**
 * Called for a message that cannot be read. Its result is ignored.
 *
 * @category Values
 */
export type OnInvalid = (error: CodecError | SchemaError, message: Message) => unknown;

/** What happens to messages that cannot be read. */
interface Reading {
  /**
   * Called for each message that cannot be read, with all its frames. The message is skipped, and the loop continues
   * with the next. Its result is ignored. If it throws, that emits a process warning. @default the loop throws the
   * error
   */
  readonly onInvalid?: OnInvalid | undefined;
}

/**
 * A codec for reading, without a schema: values have the type that the codec decodes.
 *
 * @category Values
 */
export interface ReadingByCodec<T> extends Reading {
  /** How values are decoded, the same as at the sender: `json`, `text`, `bytes`, or your own codec. */
  readonly codec: Decoder<T>;
  /** Not set: values are not checked. */
  readonly schema?: undefined;
}

/**
 * A codec for reading, with a schema that checks values.
 *
 * @category Values
 */
export interface ReadingBySchema<T> extends Reading {
  /** How values are decoded, the same as at the sender: `json`, `text`, `bytes`, or your own codec. */
  readonly codec: Decoder<unknown>;
  /** Checks each value and returns the result. The schema may be asynchronous. */
  readonly schema: Schema<unknown, T>;
}

/**
 * How values are read: a codec, with or without a schema.
 *
 * @category Values
 */
export type ReadingOptions<T> = ReadingByCodec<T> | ReadingBySchema<T>;

/** The rules of `codec` and `schema`, for tables of options. */
export const valueRules = {
  codec: option<Codec<unknown>>(checkCodec),
  schema: schemaRule,
} as const;

/** The rule of `onInvalid`. */
export const invalidRule = callback<OnInvalid>();

/** The rules of those who read values, and write none. */
export const readingRules = {
  codec: option<Decoder<unknown>>(checkDecoder),
  schema: schemaRule,
  onInvalid: invalidRule,
} as const;

/** A codec and a schema, both optional. */
export interface ValueOptions<C = Codec<unknown>> {
  readonly codec?: C | undefined;
  readonly schema?: Schema | undefined;
}

/** A codec, with or without a schema. */
export interface Values<C = Codec<unknown>> extends ValueOptions<C> {
  readonly codec: C;
}

/**
 * The codec and schema of checked options, or undefined for frames.
 *
 * @throws TypeError for an option that needs a codec, without one
 */
export function valuesOf<C>({ codec, schema }: ValueOptions<C>, onInvalid?: OnInvalid): Values<C> | undefined {
  if (codec !== undefined) return { codec, schema };
  if (schema !== undefined) throw new TypeError("schema needs a codec: it checks values, not frames");
  if (onInvalid !== undefined) throw new TypeError("onInvalid needs a codec: it is for values, not frames");
  return undefined;
}

/**
 * Returns the value of frames, or a promise of it if the schema is asynchronous.
 *
 * @param where ends the sentence of an error: "as a request"
 * @throws CodecError, SchemaError; the promise rejects with SchemaError
 */
export function readValue(
  { codec, schema }: Values<Decoder<unknown>>,
  frames: readonly Buffer[],
  where: string,
): unknown {
  const value = decodeValue(codec, frames, where);
  return schema === undefined ? value : applySchema(schema, value, where);
}
