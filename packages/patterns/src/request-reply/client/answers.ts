/** Reads what arrives at a client: replies, items, errors and notices. */

import type { Message } from "@awaitmq/core";
import { EnvelopeError } from "../../errors.ts";
import { checkFrameCount } from "../../message/frame-count.ts";
import {
  clientOf,
  delimiterIn,
  headerLength,
  isHeader,
  type MessageType,
  requestOf,
  typeOf,
} from "../../wire/envelope.ts";
import { isPacket, readPacket } from "../../wire/packet.ts";

/** What the client does with each. */
export interface AnswerTaker {
  /** The client's half of correlation ids. */
  readonly client: number;
  /** @throws EnvelopeError */
  take(type: MessageType, header: Buffer, request: number, body: Message): void;
  /** The message is not for this client or, with an error, does not follow the envelope format. */
  reject(error: EnvelopeError | undefined, request: number | undefined): void;
}

/** Reads one message that a Dealer received. */
export function readAnswers(message: Message, taker: AnswerTaker): void {
  if (isPacket(message, 0)) {
    try {
      readPacket(message[0], (header, body) => read(header, body, taker));
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      taker.reject(error, undefined);
    }
    return;
  }
  const delimiter = delimiterIn(message, 1);
  const header = message[delimiter - 1];
  if (header === undefined || !isHeader(header)) taker.reject(undefined, undefined);
  else read(header, message.slice(delimiter + 1), taker);
}

function read(header: Buffer, body: readonly Buffer[], taker: AnswerTaker): void {
  const isWhole = header.length >= headerLength;
  if (isWhole && clientOf(header) !== taker.client) {
    taker.reject(undefined, undefined);
    return;
  }
  const request = isWhole ? requestOf(header) : -1;
  try {
    checkFrameCount(body);
    taker.take(typeOf(header), header, request, body as Message);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    taker.reject(error, isWhole ? request : undefined);
  }
}
