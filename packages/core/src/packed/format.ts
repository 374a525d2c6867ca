/**
 * The format of many small messages in one frame: a prefix, then each message after its length. Lengths below 255 take one byte. Others take a
 * byte 255 and four more. The bytes of the last message may follow in a second frame, the tail. Specification: docs/protocols/packed.md.
 */

import { MessagingError } from "../errors.ts";

/** `f5 70`, which begins no UTF-8 text, and the version. */
const prefix = [0xf5, 0x70, 1] as const;
export const prefixLength: number = prefix.length;
const longLength = 255;
/** The most bytes that a length takes. */
export const longestLength = 5;

/**
 * `ERR_PACKED`: a received frame does not have the format of packed messages.
 *
 * The messages before the damage were delivered. The rest of the frame is dropped.
 *
 * @category Errors
 */
export class PackedError extends MessagingError {
  override readonly name: string = "PackedError";
  override readonly code = "ERR_PACKED" as const;
}

/** Begins a frame. Returns the position of its first message. */
export function writePrefix(bytes: Buffer): number {
  bytes[0] = prefix[0];
  bytes[1] = prefix[1];
  bytes[2] = prefix[2];
  return prefixLength;
}

/** The bytes that a message of this length takes in a frame. */
export function spaceFor(length: number): number {
  return (length < longLength ? 1 : longestLength) + length;
}

/** Writes the length of a message. Returns the position of its bytes. */
export function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length < longLength) {
    bytes[at] = length;
    return at + 1;
  }
  bytes[at] = longLength;
  return bytes.writeUInt32BE(length, at + 1);
}

/** Reads the messages of one frame, one by one. It never reads ahead, so it needs no memory besides the frame. */
export class PackedFrame {
  readonly #bytes: Buffer;
  /** The bytes of the last message, until they are read. */
  #tail: Buffer | undefined;
  #at = prefixLength;

  /** @throws PackedError for another version, another format, or a frame without a message */
  constructor(bytes: Buffer, tail?: Buffer) {
    if (bytes.length < prefixLength || bytes[0] !== prefix[0] || bytes[1] !== prefix[1])
      throw new PackedError(
        "Cannot read packed messages: the frame does not have their prefix. The sender must use packed()",
      );
    if (bytes[2] !== prefix[2])
      throw new PackedError(
        `Cannot read packed messages of version ${bytes[2]}: this package supports version ${prefix[2]}`,
      );
    if (bytes.length === prefixLength) throw new PackedError("Cannot read packed messages: the frame is empty");
    this.#bytes = bytes;
    this.#tail = tail;
  }

  /**
   * The next message, as a view of the frame or the tail. Undefined after the last.
   *
   * @throws PackedError if the frame ends within a message, or the tail is not its last message. The frame has no more messages then
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

  /** The unread messages, as frames. Empty if all were read. */
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
