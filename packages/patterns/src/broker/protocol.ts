/** The frames between `balance` and its workers, as docs/protocols/balance.md specifies them. */

import { randomBytes } from "node:crypto";
import type { Frame, Message } from "@awaitmq/core";
import { fromKey, toKey } from "@awaitmq/core/internals";
import { mostFrames } from "../message/frame-count.ts";

/** A worker's message, without its routing id. */
export type WorkerMessage =
  | { readonly type: "ready"; readonly credit: number }
  | { readonly type: "leave" }
  | { readonly type: "reply"; readonly tag: string; readonly body: readonly Buffer[] }
  | { readonly type: "empty" }
  | { readonly type: "nonsense" };

/** The largest number of requests that a worker can announce. */
export const mostConcurrency = 9_999_999;

const empty = Buffer.alloc(0);
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
  const delimiter = delimiterOf(others);
  if (first.length !== tagLength || delimiter === -1) return { type: "nonsense" };
  return { type: "reply", tag: toKey(first), body: others.slice(delimiter + 1) };
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

  /** The message for a worker with this routing id. */
  toWorker(worker: Buffer, tag: string): Buffer[] {
    const [, ...rest] = this.message;
    const delimited = this.#envelope === 1 ? [empty, ...rest] : rest;
    return [worker, empty, fromKey(tag), ...delimited];
  }

  /** The message for the client. It has the client's own envelope, whatever a worker made of it. */
  toClient(body: readonly Buffer[]): Message {
    const [client, ...rest] = this.message;
    return [client, ...rest.slice(0, this.#envelope - 1), ...body];
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
