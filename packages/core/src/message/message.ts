/** Frames and messages: their types, checks and copies. */

import { isArrayBuffer } from "node:util/types";
import { asBuffer } from "./bytes.ts";
import { noteFrameSize } from "./heap-hint.ts";

/**
 * One frame to send: UTF-8 text, bytes, or `null` for an empty frame.
 *
 * @category Types
 */
export type Frame = string | NodeJS.ArrayBufferView | ArrayBuffer | null;

/**
 * A message to send: one frame, or an array of at least one frame.
 *
 * @category Types
 */
export type Sendable = Frame | readonly Frame[];

/**
 * A received message: one buffer per frame, at least one.
 *
 * @category Types
 */
export type Message = [Buffer, ...Buffer[]];

/** A frame in the form that libzmq is given. */
export type NativeFrame = string | Uint8Array | ArrayBuffer | null;

/**
 * Checks a message and, with `copy`, makes it independent of the caller's memory. A single frame stays a single value,
 * which saves an array. The given array is neither changed nor kept.
 *
 * @throws TypeError for anything that is not a frame or a non-empty array of frames.
 */
export function toFrames(message: unknown, copy: boolean): NativeFrame | NativeFrame[] {
  if (!Array.isArray(message)) return toFrame(message, copy, undefined);
  const count = message.length;
  if (count === 0)
    throw new TypeError("Cannot send []: a message needs at least one frame. Use null for an empty frame");
  const frames = new Array<NativeFrame>(count);
  for (let index = 0; index < count; index++) frames[index] = toFrame(message[index], copy, index);
  return frames;
}

function toFrame(value: unknown, copy: boolean, index: number | undefined): NativeFrame {
  if (typeof value === "string" || value === null) return value;
  if (value instanceof Uint8Array) {
    if (value.byteLength === 0) refuseDetached(value.buffer, index);
    return copy ? copied(value) : value;
  }
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength === 0) refuseDetached(value.buffer, index);
    const bytes = asBuffer(value);
    return copy ? copied(bytes) : bytes;
  }
  if (isArrayBuffer(value)) {
    if (value.byteLength === 0) refuseDetached(value, index);
    return copy ? copied(new Uint8Array(value)) : value;
  }
  const found = describe(value);
  const hint =
    index === undefined && isIterable(value) ? ". Use sendAll to send each item of an iterable as a message" : "";
  throw new TypeError(
    `Cannot send ${found}${position(index)}: a frame must be a string, a Buffer or other ArrayBuffer view, an ArrayBuffer, or null${hint}`,
  );
}

/** A copy of the bytes in new memory. */
export function copied(bytes: Uint8Array): Buffer {
  noteFrameSize(bytes.byteLength);
  const copy = Buffer.allocUnsafe(bytes.byteLength);
  copy.set(bytes);
  return copy;
}

/** A transferred buffer has no bytes left. Sending it as an empty frame would lose them silently. */
function refuseDetached(buffer: ArrayBufferLike, index: number | undefined): void {
  try {
    new Uint8Array(buffer);
  } catch (cause) {
    throw new TypeError(`Cannot send a detached buffer${position(index)}: its bytes were transferred elsewhere`, {
      cause,
    });
  }
}

function position(index: number | undefined): string {
  return index === undefined ? "" : ` as frame ${index}`;
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return "a nested array";
  if (typeof value === "object" && value !== null) {
    const name = nameOf(value);
    return `${/^[aeioux]/i.test(name) ? "an" : "a"} ${name}`;
  }
  return `a ${typeof value}`;
}

function nameOf(value: object): string {
  if (Object.getPrototypeOf(value) === null) return "null-prototype object";
  // Generators have no named constructor, but they have a tag.
  return value.constructor?.name || Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function isIterable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value || "next" in value;
}
