/** Messages as values: a codec turns frames into them and back, and a schema checks those that come. */

import type { Message } from "@awaitmq/core";
import { callback, option } from "@awaitmq/core/internals";
import type { CodecError, SchemaError } from "../errors.ts";
import { type Codec, checkCodec, checkDecoder, type Decoder, decodeValue, type Encoder } from "./codec.ts";
import { applySchema, type Schema, schemaRule } from "./schema.ts";

/** No codec: messages are frames. */
export interface FramesOnly {
  readonly codec?: undefined;
  readonly schema?: undefined;
}

/** How values travel, where the codec has the say what comes. */
export interface ByCodec<In, Out> {
  /** How values travel: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Decoder<In> & Encoder<Out>;
  readonly schema?: undefined;
}

/** How values travel, and what those that come must be like. */
export interface BySchema<In, Out> {
  /** How values travel: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Decoder<unknown> & Encoder<Out>;
  /** Checks each value that comes, and gives what it makes of it, by any library that implements Standard Schema. It may be asynchronous. */
  readonly schema: Schema<unknown, In>;
}

/** Is told of a message that can't be read, and changes nothing. */
export type OnInvalid = (error: CodecError | SchemaError, message: Message) => unknown;

/** What becomes of messages that can't be read. */
interface Reading {
  /**
   * Told of each message that can't be read, with all its frames; it is left out, and the loop goes on with the next. It changes nothing; what it
   * throws is a process warning. @default the loop throws the error
   */
  readonly onInvalid?: OnInvalid | undefined;
}

/** How values are read, where the codec has the say what comes. */
export interface ReadingByCodec<T> extends Reading {
  /** How values travel, as the sender has it: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Decoder<T>;
  readonly schema?: undefined;
}

/** How values are read, and what they must be like. */
export interface ReadingBySchema<T> extends Reading {
  /** How values travel, as the sender has it: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Decoder<unknown>;
  /** Checks each value, and gives what it makes of it. It may be asynchronous. */
  readonly schema: Schema<unknown, T>;
}

/** How values are read: they are what the codec decodes, or what the schema makes of that. */
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

/** One of these, whichever. */
export interface ValueOptions<C = Codec<unknown>> {
  readonly codec?: C | undefined;
  readonly schema?: Schema | undefined;
}

/** A codec, perhaps with a schema. */
export interface Values<C = Codec<unknown>> extends ValueOptions<C> {
  readonly codec: C;
}

/**
 * Those of checked options, undefined for frames.
 *
 * @throws TypeError for what is for values, without a codec
 */
export function valuesOf<C>({ codec, schema }: ValueOptions<C>, onInvalid?: OnInvalid): Values<C> | undefined {
  if (codec !== undefined) return { codec, schema };
  if (schema !== undefined) throw new TypeError("schema checks values, so it needs a codec");
  if (onInvalid !== undefined) throw new TypeError("onInvalid is told of values, so it needs a codec");
  return undefined;
}

/**
 * The value of frames, or a promise of it where the schema is asynchronous.
 *
 * @param where completes the sentence of an error: "as a request"
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
