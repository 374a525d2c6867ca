/** Messages as values: a codec turns frames into them and back, and a schema checks those that come. */

import { option } from "@awaitmq/core/internals";
import { type Codec, checkCodec, type Decoder, decodeValue, type Encoder } from "./codec.ts";
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

/** The rules of `codec` and `schema`, for tables of options. */
export const valueRules = {
  codec: option<Codec<unknown>>(checkCodec),
  schema: schemaRule,
} as const;

/** One of these, whichever. */
export interface ValueOptions {
  readonly codec?: Codec<unknown> | undefined;
  readonly schema?: Schema | undefined;
}

/** A codec, perhaps with a schema. */
export interface Values extends ValueOptions {
  readonly codec: Codec<unknown>;
}

/**
 * Those of checked options, undefined for frames.
 *
 * @throws TypeError for a schema without a codec
 */
export function valuesOf({ codec, schema }: ValueOptions): Values | undefined {
  if (codec !== undefined) return { codec, schema };
  if (schema !== undefined) throw new TypeError("schema checks values, so it needs a codec");
  return undefined;
}

/**
 * The value of frames, or a promise of it where the schema is asynchronous.
 *
 * @param where completes the sentence of an error: "as a request"
 * @throws CodecError, SchemaError; the promise rejects with SchemaError
 */
export function readValue({ codec, schema }: Values, frames: readonly Buffer[], where: string): unknown {
  const value = decodeValue(codec, frames, where);
  return schema === undefined ? value : applySchema(schema, value, where);
}
