/**
 * Packets: several small messages of the envelope in one frame, each with its header and body.
 * docs/protocols/envelope.md specifies them.
 */

import type { Frame, Message } from "@awaitmq/core";
import { EnvelopeError } from "../errors.ts";
import { headerLength, isExtended, isHeader, messageTypes } from "./envelope.ts";

/** Magic and version as in a header, then a type that no header has. */
const prefix = Buffer.from([0xf5, 0x6d, 1, 7]);
/**
 * The most bytes of a packet that this side writes. A single small body that is kept also keeps the whole packet in
 * memory.
 */
const ownLongest = 4_096;
/** The most bytes of a packet of items of streams. Their readers take items one after the other, and keep few. */
const ownLongestItems = 61_440;
/** The most bytes of the frame with several items of one stream. */
export const longestFrame = 16_384;
/** The most bytes of a packet that this side reads. */
const longest = 65_536;
/** The most bytes of a body that is packed. A longer one gets its own message. */
const longestBody = 1_024;
const mostFrames = 255;

/** Whether a received message is a packet after this many routing ids. */
export function isPacket(message: Message, routingIds: number): boolean {
  const frame = message[routingIds];
  return (
    message.length === routingIds + 1 &&
    frame !== undefined &&
    frame.length >= prefix.length &&
    frame[0] === prefix[0] &&
    frame[1] === prefix[1] &&
    frame[2] === prefix[2] &&
    frame[3] === prefix[3]
  );
}

/**
 * Gives each message of a packet: its header, which at least starts with the magic bytes, and its body. Both are views
 * of the packet.
 *
 * @throws EnvelopeError at the first invalid byte; the messages before it were given
 */
export function readPacket(packet: Buffer, take: (header: Buffer, body: Buffer[]) => void): void {
  const { length } = packet;
  if (length > longest)
    throw new EnvelopeError(`Cannot read a packet of ${length} bytes: the limit is ${longest} bytes`);
  if (length === prefix.length) throw new EnvelopeError("Cannot read a packet: it has no message");
  for (let at = prefix.length; at < length; ) {
    let header = packet.subarray(at, at + headerLength);
    at += headerLength;
    if (at >= length || !isHeader(header))
      throw new EnvelopeError("Cannot read a packet: a header is cut off or invalid");
    if (isExtended(header)) {
      const end = at + 2 <= length ? at + 2 + packet.readUInt16BE(at) : Number.POSITIVE_INFINITY;
      if (end >= length) throw new EnvelopeError("Cannot read a packet: the extension of a header is cut off");
      header = Buffer.concat([header, packet.subarray(at + 2, end)]);
      at = end;
    }
    const body = new Array<Buffer>(packet[at] as number);
    at += 1;
    for (let index = 0; index < body.length; index++) {
      const end = at + 4 <= length ? at + 4 + packet.readUInt32BE(at) : Number.POSITIVE_INFINITY;
      if (end > length) throw new EnvelopeError("Cannot read a packet: a frame is cut off");
      body[index] = packet.subarray(at + 4, end);
      at = end;
    }
    take(header, body);
  }
}

/** Whether a message may go into a packet. Something that is not a frame may not. */
export function isPackable(body: readonly Frame[]): boolean {
  return body.length <= mostFrames && mostBytes(body) <= longestBody;
}

/** The most bytes that frames may take. Text is not scanned, so each character counts as three bytes. */
export function mostBytes(body: readonly Frame[]): number {
  let sum = 0;
  for (const frame of body) {
    if (typeof frame === "string") sum += frame.length * 3;
    else if (frame instanceof Uint8Array) sum += frame.length;
    else if (frame !== null) return Number.POSITIVE_INFINITY;
  }
  return sum;
}

export class PacketWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(ownLongestItems);
  #length = 0;

  constructor() {
    prefix.copy(this.#bytes);
  }

  /** Begins an empty packet. */
  begin(): void {
    this.#length = prefix.length;
  }

  /** Adds a message that {@link isPackable}. False if there is no room, which an empty packet always has. */
  add(header: Buffer, body: readonly Frame[]): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    const extension = header.length - headerLength;
    // A reader expects the length of the extension wherever the header announces one, even an empty one.
    const hasExtension = isExtended(header);
    const prelude = headerLength + (hasExtension ? 2 + extension : 0) + 1;
    const most = at + prelude + 4 * body.length + mostBytes(body);
    if (most > (header[3] === messageTypes.items ? ownLongestItems : ownLongest)) return false;
    if (hasExtension) {
      header.copy(bytes, at, 0, headerLength);
      bytes.writeUInt16BE(extension, at + headerLength);
      header.copy(bytes, at + headerLength + 2, headerLength);
    } else bytes.set(header, at);
    at += prelude - 1;
    bytes[at++] = body.length;
    for (const frame of body) {
      let size = 0;
      if (typeof frame === "string") size = bytes.write(frame, at + 4);
      else if (frame !== null) {
        bytes.set(frame as Uint8Array, at + 4);
        size = frame.byteLength;
      }
      bytes.writeUInt32BE(size, at);
      at += 4 + size;
    }
    this.#length = at;
    return true;
  }

  /** Returns a copy of the packet. */
  finish(): Buffer {
    const packet = Buffer.allocUnsafe(this.#length);
    this.#bytes.copy(packet, 0, 0, this.#length);
    return packet;
  }
}
