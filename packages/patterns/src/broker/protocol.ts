/** The frames between `balance` and its workers, as docs/protocols/balance.md specifies them. */

import { randomBytes } from "node:crypto";
import type { Frame, Message, MessagingError } from "@awaitmq/core";
import { fromKey, toKey } from "@awaitmq/core/internals";
import { asMessage } from "../message/as-message.ts";
import { mostFrames } from "../message/frame-count.ts";
import {
  errorFlags,
  headerLength,
  isAnswerable,
  isCurrent,
  isOfStream,
  type MessageType,
  messageTypes,
  positionOf,
  streamHeader,
} from "../wire/envelope.ts";
import { encodeError } from "../wire/error-body.ts";

/** A worker's message, without its routing id. */
export type WorkerMessage =
  | { readonly type: "ready"; readonly credit: number }
  | { readonly type: "leave" }
  | WorkerReply
  | { readonly type: "empty" }
  | { readonly type: "nonsense" };

export interface WorkerReply {
  readonly type: "reply";
  readonly tag: string;
  /** The header of the envelope that comes before the delimiter, if there is one of this version. */
  readonly header: Buffer | undefined;
  readonly body: readonly Buffer[];
}

/** The largest number of requests that a worker can announce. */
export const mostConcurrency = 9_999_999;

const empty = Buffer.alloc(0);
/** What a worker may say to a client. A plain worker returns the header of a request or an open. */
const answers: ReadonlySet<number | undefined> = new Set([
  messageTypes.request,
  messageTypes.reply,
  messageTypes.error,
  messageTypes.open,
  messageTypes.item,
  messageTypes.items,
  messageTypes.end,
  messageTypes.credit,
  messageTypes.enough,
]);
const tagLength = 16;
const ready = /^READY(?: (\d{1,7}))?$/;

export const leaveMessage = ["", "LEAVE"] as const;

export function readyMessage(credit: number): Frame[] {
  return ["", `READY ${credit}`];
}

export function parseWorkerMessage(frames: readonly Buffer[]): WorkerMessage {
  if (frames.length > mostFrames) return { type: "nonsense" };
  const [first, ...others] = frames[0]?.length === 0 ? frames.slice(1) : frames;
  if (first === undefined) return { type: "empty" };
  if (others.length === 0) {
    // No command is longer, but a frame of any size may come.
    const word = first.length <= tagLength ? first.toString("latin1") : "";
    if (word === "LEAVE") return { type: "leave" };
    const found = ready.exec(word);
    return found === null ? { type: "nonsense" } : { type: "ready", credit: Number(found[1] ?? 1) };
  }
  if (first.length !== tagLength) return { type: "nonsense" };
  const message = enveloped(others) ?? answerIn(others);
  if (message === undefined || (message.header !== undefined && !answers.has(message.header[3])))
    return { type: "nonsense" };
  return { type: "reply", tag: toKey(first), ...message };
}

/** A reply with hops of any kind, and a body. */
function answerIn(frames: readonly Buffer[]): Pick<WorkerReply, "header" | "body"> | undefined {
  const delimiter = delimiterOf(frames);
  if (delimiter === -1) return undefined;
  const last = frames[delimiter - 1];
  const header = last !== undefined && isAnswerable(last) && isCurrent(last) ? last : undefined;
  return { header, body: frames.slice(delimiter + 1) };
}

/** A message that begins with a header of this version, and a delimiter. It may have no body. */
export interface Enveloped {
  readonly header: Buffer;
  readonly body: readonly Buffer[];
}

/** Undefined if the frames begin in another way, such as with the routing id of a proxy. */
export function enveloped(frames: readonly Buffer[]): Enveloped | undefined {
  const [header, delimiter, ...body] = frames;
  if (header === undefined || delimiter === undefined || delimiter.length > 0) return undefined;
  return isAnswerable(header) && isCurrent(header) ? { header, body } : undefined;
}

/**
 * What belongs to a request that a worker has: its tag, and a message of the client of its stream. Undefined for a
 * request.
 */
export function parseStreamMessage(frames: Message): (Enveloped & { readonly tag: string }) | undefined {
  const [delimiter, tag, ...rest] = frames;
  if (delimiter.length !== 0 || tag?.length !== tagLength) return undefined;
  const message = enveloped(rest);
  return message === undefined || !continuesCall(message.header) ? undefined : { tag: toKey(tag), ...message };
}

/** Whether a client sends a message with this header only in a call that has begun. */
export function continuesCall(header: Buffer): boolean {
  return isOfStream(header) || (header[3] === messageTypes.cancel && header.length === headerLength);
}

/** The end of the envelope: the index of the first empty frame with a body after it, or -1. */
function delimiterOf(frames: readonly Buffer[]): number {
  const index = frames.findIndex((frame) => frame.length === 0);
  return index < frames.length - 1 ? index : -1;
}

/**
 * A request as a worker gets it: the envelope, which the reply starts with, and the body. Undefined for any other
 * message.
 */
export function parseRequest(frames: Message): { envelope: Buffer[]; body: Message } | undefined {
  if (frames[0].length !== 0 || frames.length < 4) return undefined;
  const end = 2 + delimiterOf(frames.slice(1));
  const [first, ...others] = frames.slice(end);
  if (end < 3 || first === undefined) return undefined;
  return { envelope: frames.slice(0, end), body: [first, ...others] };
}

/** A client's request, and how to answer it. */
export class BalancedRequest {
  /** The message as the frontend received it. */
  readonly message: Message;
  /** How many workers were lost while they held it. */
  losses = 0;
  /** How many of its frames come before the body. 1 if the client sent no delimiter. */
  readonly #envelope: number;

  constructor(message: Message) {
    this.message = message;
    this.#envelope = delimiterOf(message.slice(1)) + 2;
  }

  /** The header of its client, if that sent one that can be answered. */
  get #header(): Buffer | undefined {
    const header = this.#envelope < 3 ? undefined : this.message[this.#envelope - 2];
    return header !== undefined && isAnswerable(header) ? header : undefined;
  }

  /** The header of a client that opens a stream, and is connected directly. */
  get openHeader(): Buffer | undefined {
    const header = this.#header;
    if (this.#envelope !== 3 || header === undefined || !isCurrent(header)) return undefined;
    return header[3] === messageTypes.open ? header : undefined;
  }

  /** The message that refuses it. Undefined for a plain client. */
  refusal(error: MessagingError): Message | undefined {
    return this.#error(error, errorFlags.refused);
  }

  /** The message that fails it, although a worker may have begun it. Undefined for a plain client. */
  failure(error: MessagingError): Message | undefined {
    return this.#error(error, errorFlags.own);
  }

  /** A plain client would take it for a reply. */
  #error(error: MessagingError, flags: number): Message | undefined {
    const header = this.#header;
    if (header === undefined) return undefined;
    return this.toClient({
      header: streamHeader(header, messageTypes.error, flags, 0),
      body: asMessage(encodeError(error, { exposure: "message", flags })),
    });
  }

  /** The message for a worker with this routing id. */
  toWorker(worker: Buffer, tag: string): Buffer[] {
    const [, ...rest] = this.message;
    const delimited = this.#envelope === 1 ? [empty, ...rest] : rest;
    return [worker, empty, fromKey(tag), ...delimited];
  }

  /**
   * The message for the client. It has the client's own envelope, whatever a worker made of it. Only the type, flags and
   * position of a header are the worker's. A plain worker returns the header of a request or drops it: that is a reply.
   */
  toClient({ header, body }: { readonly header?: Buffer | undefined; readonly body: readonly Buffer[] }): Message {
    const [client, ...rest] = this.message;
    const envelope = rest.slice(0, this.#envelope - 1);
    const own = this.#header;
    const said = header ?? own;
    if (own !== undefined && said !== undefined && isCurrent(said)) {
      const isReply = said[3] === messageTypes.request;
      const type = isReply ? messageTypes.reply : (said[3] as MessageType);
      const flags = isReply ? 0 : (said[4] as number);
      envelope[envelope.length - 2] = streamHeader(own, type, flags, isReply ? 0 : positionOf(said));
    }
    return [client, ...envelope, ...body];
  }
}

/** Unique tags: no other broker has them, and this broker uses each once. */
export class Tags {
  readonly #tag = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  #count = 0n;

  next(): string {
    this.#tag.writeBigUInt64BE(this.#count++, 8);
    return toKey(this.#tag);
  }
}
