/**
 * Packets: small messages of the envelope together in one frame, each with its header and its body;
 * docs/protocols/envelope.md specifies them.
 */

import type { Frame, Message } from "@awaitmq/core";
import { EnvelopeError } from "../../errors.ts";
import { headerLength, isHeader } from "./envelope.ts";

/** Magic and version as in a header, and a type that no header has. */
const prefix = Buffer.from([0xf5, 0x6d, 1, 7]);
/** Bytes of a packet that this side makes, at most: what is kept of one small body keeps so many in memory. */
const ownLongest = 4_096;
/** Bytes of a packet that this side reads, at most. */
const longest = 65_536;
/** Bytes of a body that is packed, at most; a longer one is worth a message of its own. */
const longestBody = 1_024;
const mostFrames = 255;

/** Whether a message that arrived is a packet, behind so many routing ids. */
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
 * Gives each message of a packet: its header, which is one at least by its first bytes, and its body. All are views of the packet.
 *
 * @throws EnvelopeError where it does not go on as specified; what came before was given
 */
export function readPacket(packet: Buffer, take: (header: Buffer, body: Buffer[]) => void): void {
  const { length } = packet;
  if (length > longest)
    throw new EnvelopeError(`Cannot read a packet of ${length} bytes: the limit is ${longest} bytes`);
  if (length === prefix.length) throw new EnvelopeError("Cannot read a packet: it has no message");
  for (let at = prefix.length; at < length; ) {
    const header = packet.subarray(at, at + headerLength);
    at += headerLength;
    if (at >= length || !isHeader(header))
      throw new EnvelopeError("Cannot read a packet: a header is cut off or invalid");
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

/** Whether a message may go into a packet. What is no frame may not. */
export function isPackable(body: readonly Frame[]): boolean {
  return body.length <= mostFrames && mostBytes(body) <= longestBody;
}

/** Bytes that frames take at most: text that is not looked through may have three a character. */
function mostBytes(body: readonly Frame[]): number {
  let sum = 0;
  for (const frame of body) {
    if (typeof frame === "string") sum += frame.length * 3;
    else if (frame instanceof Uint8Array) sum += frame.length;
    else if (frame !== null) return Number.POSITIVE_INFINITY;
  }
  return sum;
}

export class PacketWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(ownLongest);
  #length = 0;

  constructor() {
    prefix.copy(this.#bytes);
  }

  /** Begins a new packet with no message in it. */
  begin(): void {
    this.#length = prefix.length;
  }

  /** Adds a message that {@link isPackable}; false where it finds no more room, as only behind another message. */
  add(header: Buffer, body: readonly Frame[]): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    if (at + headerLength + 1 + 4 * body.length + mostBytes(body) > ownLongest) return false;
    bytes.set(header, at);
    at += headerLength;
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

  /** The packet, in memory of its own. */
  finish(): Buffer {
    const packet = Buffer.allocUnsafe(this.#length);
    this.#bytes.copy(packet, 0, 0, this.#length);
    return packet;
  }
}
