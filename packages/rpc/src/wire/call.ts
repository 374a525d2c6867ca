/**
 * A call as frames, and back: one frame of JSON, `["prices.quote", value]`, or three: the path of the method, how the
 * value is encoded, and its bytes.
 */

import type { Frame } from "@awaitmq/core";
import { CodecError } from "@awaitmq/patterns";
import type { ContractCodec } from "../contract/codec.ts";
import { type Codecs, decodeBytes, decodeText, encodeJson, encodeValue, parse } from "./values.ts";

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
  if (message.length === 1) return fromText(decodeText(first as Buffer, "as a call"));
  if (message.length === 3) return { path: `${first}`, encoding: `${second}`, value: undefined, bytes: third };
  throw new CodecError(`Cannot read a call: it has one frame or three, got ${message.length}. ${form}`);
}

/** @throws CodecError */
export function inputOf({ encoding, value, bytes }: ReadCall, codecs: Codecs, where: string): unknown {
  return bytes === undefined ? value : decodeBytes(encoding, bytes, codecs, where);
}

const comma = 44;
const form = 'A call is JSON, ["contract.method", input]';

/** Takes the path from the text, if it can: the value alone is parsed sooner than the array of both. */
function fromText(text: string): ReadCall {
  const end = text.startsWith('["') ? text.indexOf('"', 2) : -1;
  const path = text.slice(2, end);
  if (end > 0 && text.charCodeAt(end + 1) === comma && text.endsWith("]") && !path.includes("\\"))
    try {
      return { path, encoding: "json", value: JSON.parse(text.slice(end + 2, -1)), bytes: undefined };
    } catch {
      // The whole says what is wrong.
    }
  return fromJson(parse(text, "as a call"));
}

function fromJson(call: unknown): ReadCall {
  if (!Array.isArray(call) || typeof call[0] !== "string" || call.length > 2)
    throw new CodecError(`Cannot read a call: it is another kind of JSON. ${form}`);
  return { path: call[0], encoding: "json", value: call[1], bytes: undefined };
}
