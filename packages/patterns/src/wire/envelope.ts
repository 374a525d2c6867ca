/**
 * The envelope of requests: [routing ids ...] [header] [empty delimiter] [body frames ...]. The header is one frame,
 * specified in docs/protocols/envelope.md. A plain REP server returns it unchanged, as a part of the envelope.
 */

import { toKey } from "@awaitmq/core/internals";
import { EnvelopeError } from "../errors.ts";
import { mostFrames } from "../message/frame-count.ts";

/** The type of a message, in its header. */
export const messageTypes = {
  request: 1,
  reply: 2,
  error: 3,
  cancel: 4,
  welcome: 5,
  probe: 6,
  goodbye: 8,
  open: 9,
  item: 10,
  items: 11,
  end: 12,
  credit: 13,
  enough: 14,
} as const;

export type MessageType = (typeof messageTypes)[keyof typeof messageTypes];

/** Flags of a request, and of an open. */
export const requestFlags = {
  /** The client asks for a `welcome`, to learn whether the server knows this header. */
  ask: 1,
  /** The header has an extension. */
  extended: 2,
  /** Of an open: the client has items to send too. */
  input: 4,
} as const;

/** Flags of items. */
export const itemFlags = {
  /** No item follows, as after an `end`. */
  last: 1,
} as const;

/** Flags of an error. */
export const errorFlags = {
  /** The server refused the request: no handler began. */
  refused: 1,
  /** The error is not the handler's: its code is one of this package, and the client acts on it. */
  own: 2,
} as const;

/** Flags of a welcome. */
export const welcomeFlags = {
  /** The request came through a proxy, so a cancellation may reach another server. */
  proxied: 1,
  /** The server reads packets. */
  packets: 2,
  /** The server carries streams. */
  streams: 4,
} as const;

export const headerLength = 18;
/** Where the header of a stream's message has the position of its first item. */
export const positionAt = 6;
/** Two bytes that no UTF-8 text contains. The version follows. */
const magic = [0xf5, 0x6d] as const;
const version = 1;
/** The milliseconds that mean no deadline. */
const endless = 0xffff_ffff;
const types: ReadonlySet<number | undefined> = new Set(Object.values(messageTypes));

export interface Header {
  readonly type: MessageType;
  readonly flags: number;
  /** -128 to 127; higher goes first. */
  readonly priority: number;
  /** Milliseconds until the deadline of the request. Infinity for none. */
  readonly remaining: number;
  /** Eight bytes that the client chooses, in two halves: its own number, and the number of the request. */
  readonly client: number;
  readonly request: number;
  /** What follows the header in its frame, for a request or an open. */
  readonly extension?: Buffer | undefined;
}

export function encodeHeader({ type, flags, priority, remaining, client, request, extension }: Header): Buffer {
  const header = Buffer.allocUnsafe(headerLength + (extension?.length ?? 0));
  header[0] = magic[0];
  header[1] = magic[1];
  header[2] = version;
  header[3] = type;
  header[4] = extension === undefined ? flags : flags | requestFlags.extended;
  header[5] = priority & 0xff;
  header.writeUInt32BE(
    Number.isFinite(remaining) ? Math.max(0, Math.min(Math.ceil(remaining), endless - 1)) : endless,
    6,
  );
  header.writeUInt32BE(client, 10);
  header.writeUInt32BE(request, 14);
  if (extension !== undefined) header.set(extension, headerLength);
  return header;
}

/**
 * The header of a stream's message.
 *
 * @param origin a header with the same correlation id
 * @param position of its first item among the items of this side, or of an `end` after all of them
 */
export function streamHeader(origin: Buffer, type: MessageType, flags: number, position: number): Buffer {
  const header = Buffer.allocUnsafe(headerLength);
  origin.copy(header, 0, 0, headerLength);
  header[2] = version;
  header[3] = type;
  header[4] = flags;
  header[5] = 0;
  header.writeUInt32BE(position >>> 0, positionAt);
  return header;
}

/** Whether a frame is a header of any version, and not a routing id. */
export function isHeader(frame: Buffer): boolean {
  return frame.length > 2 && frame[0] === magic[0] && frame[1] === magic[1];
}

/** Whether a frame is a header of any version that is long enough to be answered: it has a correlation id. */
export function isAnswerable(frame: Buffer): boolean {
  return frame.length >= headerLength && isHeader(frame);
}

/** Whether a header has the version of this implementation. */
export function isCurrent(header: Buffer): boolean {
  return header[2] === version;
}

/**
 * Returns the type of a valid header.
 *
 * @throws EnvelopeError for an unknown version, type or length
 */
export function typeOf(header: Buffer): MessageType {
  if (header[2] !== version)
    throw new EnvelopeError(
      `Cannot read an envelope header of version ${header[2]}: this side speaks version ${version}`,
    );
  if (header.length !== headerLength && !(header.length > headerLength && isExtended(header)))
    throw new EnvelopeError(`Cannot read an envelope header of ${header.length} bytes: a header has ${headerLength}`);
  const type = header[3];
  if (!types.has(type)) throw new EnvelopeError(`Cannot read an envelope header of the unknown type ${type}`);
  return type as MessageType;
}

/** Whether a header says that an extension follows it. Only requests and opens may have one. */
export function isExtended(header: Buffer): boolean {
  const type = header[3];
  return (
    (type === messageTypes.request || type === messageTypes.open) &&
    ((header[4] as number) & requestFlags.extended) !== 0
  );
}

/** @throws EnvelopeError for anything but a header of this version */
export function decodeHeader(header: Buffer): Header {
  if (!isHeader(header))
    throw new EnvelopeError("Cannot read an envelope header: it does not start with the magic bytes");
  return {
    type: typeOf(header),
    flags: header[4] as number,
    priority: header.readInt8(5),
    remaining: remainingOf(header),
    client: clientOf(header),
    request: requestOf(header),
  };
}

/** Whether a header is of a message that a client sends within a stream. */
export function isOfStream(header: Buffer): boolean {
  const type = header[3] as number;
  return header.length === headerLength && type >= messageTypes.item && type <= messageTypes.credit;
}

export function flagsOf(header: Buffer): number {
  return header[4] as number;
}

export function remainingOf(header: Buffer): number {
  const remaining = header.readUInt32BE(6);
  return remaining === endless ? Number.POSITIVE_INFINITY : remaining;
}

/** Whether a message with items of a stream, or their end, is the last of its sender. */
export function endsStream(type: MessageType, flags: number): boolean {
  if (type === messageTypes.end) return true;
  return (type === messageTypes.item || type === messageTypes.items) && (flags & itemFlags.last) !== 0;
}

/** The position in the header of a stream's message. */
export function positionOf(header: Buffer): number {
  return header.readUInt32BE(positionAt);
}

export function clientOf(header: Buffer): number {
  return header.readUInt32BE(10);
}

export function requestOf(header: Buffer): number {
  return header.readUInt32BE(14);
}

/** Both halves of the correlation id as a text of eight characters, for maps. */
export function correlationOf(header: Buffer): string {
  return toKey(header, 10, headerLength);
}

/** The header of an answer to the request with this header, in whose memory it is written. It has no extension. */
export function answering(header: Buffer, type: MessageType, flags = 0): Buffer {
  header[3] = type;
  header[4] = flags;
  return header.length === headerLength ? header : header.subarray(0, headerLength);
}

/** The index of the empty delimiter, where the envelope ends. -1 if there is none within {@link mostFrames}. */
export function delimiterIn(frames: readonly Buffer[], from: number): number {
  const end = Math.min(frames.length, mostFrames);
  for (let index = from; index < end; index++) if (frames[index]?.length === 0) return index;
  return -1;
}
