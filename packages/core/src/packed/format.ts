/**
 * Many small messages in one frame; docs/protocols/packed.md specifies it: a prefix, then each message behind its length. Lengths below
 * 255 take one byte, others a byte 255 and four more. The bytes of the last message may follow as a second frame, the tail.
 */

import { MessagingError } from "../errors.ts";

/** `f5 70`, which no UTF-8 text begins with, and the version. */
const prefix = [0xf5, 0x70, 1] as const;
export const prefixLength: number = prefix.length;
const longLength = 255;
/** Bytes of a length, at most. */
export const longestLength = 5;

/** A frame that is not in the form of packed messages. What came before the damage was given; the rest of the frame is dropped. `ERR_PACKED` */
export class PackedError extends MessagingError {
  override readonly name: string = "PackedError";
  override readonly code = "ERR_PACKED" as const;
}

/** Begins a frame; returns where its first message goes. */
export function writePrefix(bytes: Buffer): number {
  bytes[0] = prefix[0];
  bytes[1] = prefix[1];
  bytes[2] = prefix[2];
  return prefixLength;
}

/** Bytes that a message of that length takes in a frame. */
export function spaceFor(length: number): number {
  return (length < longLength ? 1 : longestLength) + length;
}

/** Writes the length of a message; returns where its bytes go. */
export function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length < longLength) {
    bytes[at] = length;
    return at + 1;
  }
  bytes[at] = longLength;
  return bytes.writeUInt32BE(length, at + 1);
}

/** Gives the messages of one frame, one by one. It looks no further than it has to, so a frame costs no memory beside its own. */
export class PackedFrame {
  readonly #bytes: Buffer;
  /** The bytes of the last message, until they are given. */
  #tail: Buffer | undefined;
  #at = prefixLength;

  /** @throws PackedError for another version, what is no such frame, or one without a message */
  constructor(bytes: Buffer, tail?: Buffer) {
    if (bytes.length < prefixLength || bytes[0] !== prefix[0] || bytes[1] !== prefix[1])
      throw new PackedError("Cannot read packed messages: the frame does not begin as such");
    if (bytes[2] !== prefix[2])
      throw new PackedError(`Cannot read packed messages of version ${bytes[2]}: this is version ${prefix[2]}`);
    if (bytes.length === prefixLength) throw new PackedError("Cannot read packed messages: there is none in the frame");
    this.#bytes = bytes;
    this.#tail = tail;
  }

  /**
   * The next message, a view of the frame or the tail, undefined behind the last.
   *
   * @throws PackedError where the frame ends within a message, or the tail is not its last message; there is none behind that
   */
  next(): Buffer | undefined {
    const bytes = this.#bytes;
    let from = this.#at;
    if (from === bytes.length) {
      if (this.#tail !== undefined) this.#cutOff();
      return undefined;
    }
    let length = bytes[from++] as number;
    if (length === longLength) {
      if (from + 4 > bytes.length) this.#cutOff();
      length = bytes.readUInt32BE(from);
      from += 4;
    }
    const to = from + length;
    if (to > bytes.length) return this.#last(from, length);
    this.#at = to;
    return bytes.subarray(from, to);
  }

  /** The messages that were not given yet as frames of their own, none when all were. */
  rest(): Buffer[] {
    if (this.#at >= this.#bytes.length) return [];
    const left = this.#bytes.subarray(this.#at);
    const tail = this.#tail;
    this.#end();
    const frame = Buffer.allocUnsafe(prefixLength + left.length);
    left.copy(frame, writePrefix(frame));
    return tail === undefined ? [frame] : [frame, tail];
  }

  #last(from: number, length: number): Buffer {
    const tail = this.#tail;
    if (tail === undefined || from !== this.#bytes.length || tail.length !== length) this.#cutOff();
    this.#end();
    return tail;
  }

  #end(): void {
    this.#at = this.#bytes.length;
    this.#tail = undefined;
  }

  #cutOff(): never {
    this.#end();
    throw new PackedError("Cannot read packed messages: the frame ends within a message");
  }
}
