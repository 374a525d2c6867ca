/**
 * Values as frames, and back. A value is one frame of JSON, or two frames: how it is encoded, and its bytes. So a peer in
 * any language can read it, whatever codec a contract prefers.
 */

import type { Frame } from "@awaitmq/core";
import { CodecError, json, text } from "@awaitmq/patterns";
import type { ContractCodec } from "../contract/codec.ts";

/** The codecs that a reader knows besides JSON. */
export type Codecs = readonly ContractCodec[];

/**
 * @param codec undefined for JSON
 * @param where ends the sentence of an error: "as the input of prices.quote"
 * @throws CodecError
 */
export function encodeValue(value: unknown, codec: ContractCodec | undefined, where: string): readonly Frame[] {
  if (value instanceof Uint8Array) return ["bytes", value];
  if (value === undefined) return ["none", ""];
  if (codec === undefined) return [encodeJson(value, where)];
  try {
    return [codec.name, checkBytes(codec.encode(value))];
  } catch (cause) {
    throw cannot("encode", where, cause);
  }
}

/** @throws CodecError */
export function encodeJson(value: unknown, where: string): string {
  try {
    return json.encode(value) as string;
  } catch (cause) {
    throw cannot("encode", where, cause);
  }
}

/**
 * @param codecs those that the reader knows
 * @param where ends the sentence of an error
 * @throws CodecError
 */
export function decodeValue(frames: readonly Buffer[], codecs: Codecs, where: string): unknown {
  const [first, second] = frames;
  if (frames.length === 1) return parse(decodeText(first as Buffer, where), where);
  if (frames.length === 2) return decodeBytes(`${first}`, second as Buffer, codecs, where);
  throw cannot("decode", where, new TypeError(`a value has one frame or two, got ${frames.length}`));
}

/** @throws CodecError */
export function decodeText(frame: Buffer, where: string): string {
  try {
    return text.decode([frame]);
  } catch (cause) {
    throw cannot("decode", where, cause);
  }
}

/** @throws CodecError */
export function parse(source: string, where: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw cannot("decode", where, cause);
  }
}

/** @throws CodecError */
export function decodeBytes(encoding: string, bytes: Buffer, codecs: Codecs, where: string): unknown {
  if (encoding === "bytes") return bytes;
  if (encoding === "none") return undefined;
  if (encoding === "json") return parse(decodeText(bytes, where), where);
  const codec = codecs.find(({ name }) => name === encoding);
  if (codec === undefined) {
    const known = ["json", "bytes", ...codecs.map(({ name }) => name)].join(", ");
    throw cannot("decode", where, new TypeError(`its encoding ${shortened(encoding)} is none of ${known}`));
  }
  try {
    const value = codec.decode(bytes);
    if (value instanceof Promise) throw new TypeError(`decode of the codec ${encoding} must be synchronous`);
    return value;
  } catch (cause) {
    throw cannot("decode", where, cause);
  }
}

/** A text from a peer, for the sentence of an error. */
export function shortened(given: string): string {
  return JSON.stringify(given.length > 100 ? `${given.slice(0, 100)}…` : given);
}

function checkBytes(encoded: Uint8Array | string): Uint8Array | string {
  if (typeof encoded !== "string" && !(encoded instanceof Uint8Array))
    throw new TypeError(`the codec returned ${typeof encoded} instead of bytes`);
  return encoded;
}

function cannot(action: "encode" | "decode", where: string, cause: unknown): CodecError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CodecError(`Cannot ${action} a value ${where}: ${why}`, { cause });
}
