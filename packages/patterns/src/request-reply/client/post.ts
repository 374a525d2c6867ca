/** Writes the messages of a client to one server, with the headers of the envelope. */

import type { Frame } from "@awaitmq/core";
import { encodeHeader, type MessageType, messageTypes, positionAt, requestFlags } from "../../wire/envelope.ts";
import type { EnvelopeSender, Outgoing } from "../../wire/envelope-sender.ts";
import type { LinkRequest } from "./link-request.ts";

/** How a message without a caller waits for room. */
export type Posting = Pick<Outgoing, "timeout" | "done" | "sending" | "isUrgent">;

/** Before messages that wait. */
export const urgently: Posting = { timeout: Number.POSITIVE_INFINITY, done: nothing, isUrgent: true };
/** Not at all: if there is no room, the message is dropped. */
export const atOnce: Posting = { timeout: 0, done: nothing };

export class Post {
  readonly #sender: EnvelopeSender;
  readonly #client: number;
  /** Whether the server reads packets. */
  readsPackets = false;

  /** @param client the client's half of correlation ids */
  constructor(sender: EnvelopeSender, client: number) {
    this.#sender = sender;
    this.#client = client;
  }

  /** Sends the request of a call, or opens its stream. `ask` asks what kind of server is there. */
  request({ call, request, sending }: LinkRequest, ask: boolean, done: Outgoing["done"]): void {
    const { frames, priority, deadline, extension, stream } = call;
    const remaining = Math.max(0, deadline - performance.now());
    const type = stream === undefined ? messageTypes.request : messageTypes.open;
    const flags = (ask ? requestFlags.ask : 0) | (stream?.hasInput === true ? requestFlags.input : 0);
    const header = encodeHeader({ type, flags, priority, remaining, client: this.#client, request, extension });
    this.#sender.send({
      route: [],
      header,
      body: frames,
      readsPackets: this.readsPackets,
      timeout: remaining,
      sending,
      done,
    });
  }

  /** Sends another message of a call. */
  send(
    type: MessageType,
    flags: number,
    request: number,
    position: number,
    body: readonly Frame[],
    posting: Posting,
  ): void {
    const header = encodeHeader({ type, flags, priority: 0, remaining: 0, client: this.#client, request });
    header.writeUInt32BE(position >>> 0, positionAt);
    this.#sender.send({ route: [], header, body, readsPackets: this.readsPackets, ...posting });
  }
}

function nothing(): void {}
