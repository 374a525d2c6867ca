/** Values as frames, and back. */

import { isUtf8 } from "node:buffer";
import { isAnyArrayBuffer } from "node:util/types";
import type { Frame, Message } from "@awaitmq/core";
import { CodecError } from "../errors.ts";

/**
 * Encodes values of one type as frames, and decodes them. Anything it throws becomes the `cause` of a `CodecError`.
 *
 * @category Values
 */
export interface Codec<T> {
  /** Returns the frames of a value. */
  readonly encode: (value: T) => Frame | readonly Frame[];
  /** Returns the value of frames. */
  readonly decode: (frames: Message) => T;
}

/**
 * The half of a codec that a sender needs.
 *
 * @category Values
 */
export type Encoder<T> = Pick<Codec<T>, "encode">;
/**
 * The half of a codec that a receiver needs.
 *
 * @category Values
 */
export type Decoder<T> = Pick<Codec<T>, "decode">;

/**
 * The codec of strings, as one frame of UTF-8.
 *
 * It refuses lone surrogates, which UTF-8 cannot encode, and bytes that are not UTF-8.
 *
 * @category Values
 */
export const text: Codec<string> = {
  encode(value) {
    if (typeof value !== "string") throw new TypeError(`text encodes a string, got ${typeof value}`);
    if (!isWellFormed(value)) throw new TypeError("text cannot encode a string with a lone surrogate");
    return value;
  },
  decode: (frames) => utf8(only(frames)),
};

/**
 * The codec of JSON values, as one frame.
 *
 * Values without a JSON form change as in `JSON.stringify`: a Date becomes a string, NaN becomes null. A value of which
 * nothing would be left, such as undefined or a function, is refused.
 *
 * @category Values
 */
export const json: Codec<unknown> = {
  encode(value) {
    const encoded: string | undefined = JSON.stringify(value);
    if (encoded === undefined) throw new TypeError(`JSON cannot represent a value of type ${typeof value}`);
    return encoded;
  },
  decode: (frames) => JSON.parse(utf8(only(frames))),
};

/**
 * The codec of bytes, as one frame, unchanged. It decodes to the buffer that arrived, without a copy.
 *
 * @category Values
 */
export const bytes = {
  /** @throws TypeError for anything but an ArrayBuffer or a view of one */
  encode(value: NodeJS.ArrayBufferView | ArrayBuffer): Frame {
    if (!ArrayBuffer.isView(value) && !isAnyArrayBuffer(value))
      throw new TypeError(`bytes encodes an ArrayBuffer or a view of one, got ${typeof value}`);
    return value;
  },
  /** @throws TypeError for more than one frame */
  decode: (frames: Message): Buffer => only(frames),
} satisfies Codec<Buffer>;

/**
 * Makes a codec from two functions that turn a value into one frame and back: `codec(pack, unpack)`.
 *
 * Most serialization libraries have these two functions. For values of several frames, write an object with `encode`
 * and `decode`.
 *
 * @category Values
 * @param encode returns the frame of a value
 * @param decode returns the value of a frame
 * @throws TypeError if either is not a function
 * @example
 * ```ts
 * import { codec, RequestClient, serve } from "@awaitmq/patterns";
 *
 * const date = codec<Date>(
 *   (value) => value.toISOString(),
 *   (frame) => new Date(`${frame}`),
 * );
 * const day = 86_400_000;
 * const server = serve("tcp://127.0.0.1:*", (now) => new Date(+now + day), {
 *   codec: date,
 * });
 *
 * const client = new RequestClient({ connect: server.endpoints, codec: date });
 * const next = await client.request(new Date("2026-12-31"));
 * console.log(next.toISOString()); // 2027-01-01T00:00:00.000Z
 * await client.close();
 * await server.stop();
 * ```
 */
export function codec<T>(encode: (value: T) => Frame, decode: (frame: Buffer) => T): Codec<T> {
  if (typeof encode !== "function" || typeof decode !== "function")
    throw new TypeError("codec takes two functions, one to encode and one to decode");
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
 * Returns the frames of a value, one or more.
 *
 * @param where ends the sentence of an error: "on topic prices.EUR"
 * @throws CodecError
 */
export function encodeValue<T>(encoder: Encoder<T>, value: T, where: string): readonly Frame[] {
  try {
    const encoded: unknown = encoder.encode(value);
    if (typeof encoded === "string") return [encoded];
    const frames: unknown[] = Array.isArray(encoded) ? encoded : [encoded];
    if (frames.length === 0) throw new TypeError("The codec returned no frame. Return null for an empty one");
    if (!frames.every(isFrame)) throw new TypeError("The codec returned something that is not a frame");
    return frames;
  } catch (cause) {
    throw new CodecError(`Cannot encode a value ${where}: ${sentence(cause)}`, { cause });
  }
}

/** @throws CodecError, also for a message without a frame for a value */
export function decodeValue<T>(decoder: Decoder<T>, frames: readonly Buffer[], where: string): T {
  if (frames.length === 0) throw new CodecError(`Cannot decode a message ${where}: it has no frame for a value`);
  try {
    return decoder.decode(frames as Message);
  } catch (cause) {
    throw new CodecError(`Cannot decode a message ${where}: ${sentence(cause)}`, { cause });
  }
}

/** Whether a string has no lone surrogate, and so survives UTF-8. */
export function isWellFormed(value: string): boolean {
  // ES2024: Node 20 has it, but the `lib` setting here does not.
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}

function isFrame(value: unknown): value is Frame {
  return typeof value === "string" || value === null || ArrayBuffer.isView(value) || isAnyArrayBuffer(value);
}

function only(frames: Message): Buffer {
  if (frames.length !== 1) throw new TypeError(`The codec decodes one frame, got ${frames.length} frames`);
  return frames[0];
}

function utf8(frame: Buffer): string {
  if (!isUtf8(frame)) throw new TypeError("The bytes are not UTF-8");
  return frame.toString();
}

function sentence(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
