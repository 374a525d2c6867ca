/** Values as frames, and back. */

import { isUtf8 } from "node:buffer";
import { isAnyArrayBuffer } from "node:util/types";
import type { Frame, Message } from "@awaitmq/core";
import { CodecError } from "../errors.ts";

/** How values of one type travel. What `encode` or `decode` throws reaches the caller as the `cause` of a `CodecError`. */
export interface Codec<T> {
  /** The frames of a value. What it throws makes a CodecError. */
  readonly encode: (value: T) => Frame | readonly Frame[];
  /** The value of frames. What it throws makes a CodecError. */
  readonly decode: (frames: Message) => T;
}

/** The half of a codec that a sender needs. */
export type Encoder<T> = Pick<Codec<T>, "encode">;
/** The half of a codec that a receiver needs. */
export type Decoder<T> = Pick<Codec<T>, "decode">;

/** A string as one frame of UTF-8. Lone surrogates, which UTF-8 has no bytes for, and bytes that are no UTF-8 are refused. */
export const text: Codec<string> = {
  encode(value) {
    if (typeof value !== "string") throw new TypeError(`text encodes a string, got ${typeof value}`);
    if (!isWellFormed(value)) throw new TypeError("text can't encode a string with a lone surrogate");
    return value;
  },
  decode: (frames) => utf8(only(frames)),
};

/**
 * A value as one frame of JSON. What JSON has no word for is as `JSON.stringify` has it (a Date becomes a string, NaN null);
 * a value of which nothing at all would be left, such as undefined or a function, is refused.
 */
export const json: Codec<unknown> = {
  encode(value) {
    const encoded: string | undefined = JSON.stringify(value);
    if (encoded === undefined) throw new TypeError(`JSON has nothing for a value of type ${typeof value}`);
    return encoded;
  },
  decode: (frames) => JSON.parse(utf8(only(frames))),
};

/** Bytes as one frame, unchanged. It decodes to the buffer that arrived, without a copy. */
export const bytes = {
  /** @throws TypeError for what is no memory */
  encode(value: NodeJS.ArrayBufferView | ArrayBuffer): Frame {
    if (!ArrayBuffer.isView(value) && !isAnyArrayBuffer(value))
      throw new TypeError(`bytes encodes an ArrayBuffer or a view of one, got ${typeof value}`);
    return value;
  },
  /** @throws TypeError for more than one frame */
  decode: (frames: Message): Buffer => only(frames),
} satisfies Codec<Buffer>;

/**
 * A codec of two functions that turn a value into one frame and back, as most libraries have them:
 * `codec(pack, unpack)`. For several frames a value, write an object with `encode` and `decode`.
 */
export function codec<T>(encode: (value: T) => Frame, decode: (frame: Buffer) => T): Codec<T> {
  if (typeof encode !== "function" || typeof decode !== "function")
    throw new TypeError("codec takes a function that encodes and one that decodes");
  return { encode: (value) => encode(value), decode: (frames) => decode(only(frames)) };
}

/** @throws TypeError */
export function checkCodec(name: string, value: unknown): void {
  checkDecoder(name, value);
  checkEncoder(name, value);
}

/** @throws TypeError */
export function checkDecoder(name: string, value: unknown): void {
  if (typeof Object(value).decode !== "function") throw new TypeError(`${name} must have a function decode`);
}

/** @throws TypeError */
export function checkEncoder(name: string, value: unknown): void {
  if (typeof Object(value).encode !== "function") throw new TypeError(`${name} must have a function encode`);
}

/**
 * The frames of a value, one or more.
 *
 * @param where completes the sentence of an error: "on topic prices.EUR"
 * @throws CodecError
 */
export function encodeValue<T>(encoder: Encoder<T>, value: T, where: string): readonly Frame[] {
  try {
    const encoded: unknown = encoder.encode(value);
    const frames: unknown[] = Array.isArray(encoded) ? encoded : [encoded];
    if (frames.length === 0) throw new TypeError("The codec gave no frame; null is an empty one");
    if (!frames.every(isFrame)) throw new TypeError("The codec gave something that is no frame");
    return frames;
  } catch (cause) {
    throw new CodecError(`Cannot encode a value ${where}: ${sentence(cause)}`, { cause });
  }
}

/** @throws CodecError, also for a message that has no frame left */
export function decodeValue<T>(decoder: Decoder<T>, frames: readonly Buffer[], where: string): T {
  const [first, ...rest] = frames;
  if (first === undefined) throw new CodecError(`Cannot decode a message ${where}: it has no frame for a value`);
  try {
    return decoder.decode([first, ...rest]);
  } catch (cause) {
    throw new CodecError(`Cannot decode a message ${where}: ${sentence(cause)}`, { cause });
  }
}

/** Whether a string has no lone surrogate and so comes back from UTF-8 as it was. */
export function isWellFormed(value: string): boolean {
  // ES2024, which Node 20 has and the library that this is compiled against has not.
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}

function isFrame(value: unknown): value is Frame {
  return typeof value === "string" || value === null || ArrayBuffer.isView(value) || isAnyArrayBuffer(value);
}

function only(frames: Message): Buffer {
  if (frames.length !== 1) throw new TypeError(`The codec has values of one frame, got ${frames.length} frames`);
  return frames[0];
}

function utf8(frame: Buffer): string {
  if (!isUtf8(frame)) throw new TypeError("The bytes are not UTF-8");
  return frame.toString();
}

function sentence(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
