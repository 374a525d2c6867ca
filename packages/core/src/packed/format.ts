/**
 * Many small messages in one frame; docs/protocols/packed.md specifies it: a prefix, then each message behind its length. Lengths below
 * 255 take one byte, others a byte 255 and four more.
 */

import { MessagingError } from "../errors.ts";

/** `f5 70`, which no UTF-8 text begins with, and the version. */
const prefix = [0xf5, 0x70, 1] as const;
export const prefixLength: number = prefix.length;
const longLength = 255;

/** A frame that is not in the form of packed messages. What came before the damage was given; the rest of the frame is dropped. `ERR_PACKED` */
export class PackedError extends MessagingError {
  override readonly name: string = "PackedError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_PACKED", options);
  }
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
  return length < longLength ? 1 + length : 5 + length;
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
  #at = prefixLength;

  /** @throws PackedError for another version, what is no such frame, or one without a message */
  constructor(bytes: Buffer) {
    if (bytes.length < prefixLength || bytes[0] !== prefix[0] || bytes[1] !== prefix[1])
      throw new PackedError("Cannot read packed messages: the frame does not begin as such");
    if (bytes[2] !== prefix[2])
      throw new PackedError(`Cannot read packed messages of version ${bytes[2]}: this is version ${prefix[2]}`);
    if (bytes.length === prefixLength) throw new PackedError("Cannot read packed messages: there is none in the frame");
    this.#bytes = bytes;
  }

  /**
   * The next message, a view of the frame, undefined behind the last.
   *
   * @throws PackedError where the frame ends within a message; there is none behind that
   */
  next(): Buffer | undefined {
    const bytes = this.#bytes;
    let from = this.#at;
    if (from === bytes.length) return undefined;
    let length = bytes[from++] as number;
    if (length === longLength) {
      if (from + 4 > bytes.length) this.#cutOff();
      length = bytes.readUInt32BE(from);
      from += 4;
    }
    const to = from + length;
    if (to > bytes.length) this.#cutOff();
    this.#at = to;
    return bytes.subarray(from, to);
  }

  /** The messages that were not given yet as a frame of their own, undefined when there is none. */
  rest(): Buffer | undefined {
    if (this.#at >= this.#bytes.length) return undefined;
    const left = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.length;
    const frame = Buffer.allocUnsafe(prefixLength + left.length);
    left.copy(frame, writePrefix(frame));
    return frame;
  }

  #cutOff(): never {
    this.#at = this.#bytes.length;
    throw new PackedError("Cannot read packed messages: the frame ends within a message");
  }
}
