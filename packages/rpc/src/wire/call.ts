/**
 * A call as frames, and back: one frame of JSON, `["prices.quote", value]`, or three: the path of the method, how the
 * value is encoded, and its bytes.
 */

import type { Frame } from "@awaitmq/core";
import { CodecError } from "@awaitmq/patterns";
import type { ContractCodec } from "../contract/codec.ts";
import { type Codecs, decodeBytes, decodeJson, encodeJson, encodeValue } from "./values.ts";

/** A call that was read as far as it can be before its method is known. */
export interface ReadCall {
  readonly path: string;
  /** The name of the value's encoding. */
  readonly encoding: string;
  /** The value, if it is JSON. */
  readonly value: unknown;
  /** The value's bytes, if it is not. */
  readonly bytes: Buffer | undefined;
}

/**
 * @param codec undefined for JSON
 * @param where ends the sentence of an error
 * @throws CodecError
 */
export function encodeCall(
  path: string,
  value: unknown,
  codec: ContractCodec | undefined,
  where: string,
): readonly Frame[] {
  if (codec !== undefined || value instanceof Uint8Array) return [path, ...encodeValue(value, codec, where)];
  // No path needs an escape.
  return value === undefined ? [`["${path}"]`] : [`["${path}",${encodeJson(value, where)}]`];
}

/** @throws CodecError */
export function readCall(message: readonly Buffer[]): ReadCall {
  const [first, second, third] = message;
  if (message.length === 1) return fromJson(decodeJson(first as Buffer, "as a call"));
  if (message.length === 3) return { path: `${first}`, encoding: `${second}`, value: undefined, bytes: third };
  throw new CodecError(`Cannot read a call: it has one frame or three, got ${message.length}. ${form}`);
}

/** @throws CodecError */
export function inputOf({ encoding, value, bytes }: ReadCall, codecs: Codecs, where: string): unknown {
  return bytes === undefined ? value : decodeBytes(encoding, bytes, codecs, where);
}

const form = 'A call is JSON, ["contract.method", input]';

function fromJson(call: unknown): ReadCall {
  if (!Array.isArray(call) || typeof call[0] !== "string" || call.length > 2)
    throw new CodecError(`Cannot read a call: it is another kind of JSON. ${form}`);
  return { path: call[0], encoding: "json", value: call[1], bytes: undefined };
}
