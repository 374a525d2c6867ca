/** Reads what arrives at a server: requests, cancellations, and disconnects of peers. */

import type { Message } from "@awaitmq/core";
import { EnvelopeError } from "../../errors.ts";
import { isArrival, isDisconnect } from "../../message/disconnect-message.ts";
import { checkFrameCount } from "../../message/frame-count.ts";
import { delimiterIn, isHeader, type MessageType, messageTypes, typeOf } from "../../wire/envelope.ts";
import { isPacket, readPacket } from "../../wire/packet.ts";
import { Job } from "./job.ts";

/** What the server does with each. */
export interface RequestTaker {
  /** @throws EnvelopeError */
  take(job: Job): void;
  /** Calls `read`, and treats the requests that it finds as having arrived at once. */
  together(read: () => void): void;
  /** The client has cancelled the request with this route and header. */
  cancel(route: readonly Buffer[], header: Buffer): void;
  /**
   * The client has sent a message of the stream with this route and header.
   *
   * @throws EnvelopeError
   */
  stream(route: readonly Buffer[], header: Buffer, type: MessageType, body: readonly Buffer[]): void;
  /** The peer sends no more. */
  goodbye(peer: Buffer): void;
  lost(peer: Buffer): void;
  /**
   * The message, or one in its packet, does not follow the envelope format. The header, if any, at least starts with
   * the magic bytes.
   */
  reject(error: EnvelopeError, message: Message, route: readonly Buffer[], header: Buffer | undefined): void;
}

/** Reads one message that a Router received. */
export function readRequests(message: Message, taker: RequestTaker): void {
  // A new peer under a known id has no claim to the replies of the old one.
  if (isDisconnect(message) || isArrival(message)) taker.lost(message[0]);
  else if (isPacket(message, 1)) readPacked(message, taker);
  else readPlain(message, taker);
}

function readPlain(message: Message, taker: RequestTaker): void {
  const delimiter = delimiterIn(message, 1);
  const envelope = message.slice(0, Math.max(0, delimiter));
  const last = envelope.length > 1 ? envelope.at(-1) : undefined;
  const header = last !== undefined && isHeader(last) ? last : undefined;
  const route = header === undefined ? envelope : envelope.slice(0, -1);
  orReject(taker, message, route, header, () => {
    checkFrameCount(message);
    if (delimiter < 0) throw new EnvelopeError("Cannot read a request: it has no empty delimiter frame");
    read(route, header, message.slice(delimiter + 1), false, taker);
  });
}

function readPacked(message: Message, taker: RequestTaker): void {
  const route = [message[0]];
  orReject(taker, message, route, undefined, () => {
    const take = (header: Buffer, body: Buffer[]) =>
      orReject(taker, message, route, header, () => read(route, header, body, true, taker));
    taker.together(() => readPacket(message[1] as Buffer, take));
  });
}

/** @throws EnvelopeError */
function read(
  route: readonly Buffer[],
  header: Buffer | undefined,
  body: readonly Buffer[],
  wasPacked: boolean,
  taker: RequestTaker,
): void {
  const type = header === undefined ? messageTypes.request : typeOf(header);
  switch (type) {
    case messageTypes.request:
    case messageTypes.open:
      if (body.length === 0) throw new EnvelopeError("Cannot read a request: it has no body");
      taker.take(new Job(route, header, body as Message, wasPacked));
      break;
    case messageTypes.item:
    case messageTypes.items:
    case messageTypes.end:
    case messageTypes.credit:
      taker.stream(route, header as Buffer, type, body);
      break;
    case messageTypes.cancel:
      taker.cancel(route, header as Buffer);
      break;
    case messageTypes.goodbye:
      taker.goodbye(route[0] as Buffer);
      break;
    default:
      throw new EnvelopeError(`Cannot read a message of the type ${type} as a request`);
  }
}

function orReject(
  taker: RequestTaker,
  message: Message,
  route: readonly Buffer[],
  header: Buffer | undefined,
  action: () => void,
): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    taker.reject(error, message, route, header);
  }
}
