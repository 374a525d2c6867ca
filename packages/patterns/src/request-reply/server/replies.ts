/** What a server sends: replies, errors and notices. */

import { randomUUID } from "node:crypto";
import type { Frame, MessagingError, Sendable } from "@awaitmq/core";
import { tell } from "@awaitmq/core/internals";
import { type EnvelopeError, UnavailableError } from "../../errors.ts";
import { errorReplyOf } from "../../message/error-reply.ts";
import { ownFrames } from "../../message/own-frames.ts";
import { type Credit, encodeCredit } from "../../wire/credit.ts";
import {
  answering,
  errorFlags,
  headerLength,
  type MessageType,
  messageTypes,
  streamHeader,
  welcomeFlags,
} from "../../wire/envelope.ts";
import type { EnvelopeSender } from "../../wire/envelope-sender.ts";
import { encodeError } from "../../wire/error-body.ts";
import type { Job } from "./job.ts";
import type { CheckedServeOptions } from "./serve-options.ts";

/**
 * Called when libzmq has the message, or when nobody wants it any more; with an error if it did not reach its client.
 */
export type Done = (error?: Error, message?: readonly Frame[]) => void;

export class Replies {
  readonly #sender: EnvelopeSender;
  readonly #options: CheckedServeOptions;

  constructor(sender: EnvelopeSender, options: CheckedServeOptions) {
    this.#sender = sender;
    this.#options = options;
  }

  /** Sends a reply. `done` gets a TypeError for something that cannot be sent. */
  reply(job: Job, message: Sendable, done: Done): void {
    let body: readonly Frame[];
    try {
      body = ownFrames(message);
    } catch (error) {
      done(
        error instanceof TypeError
          ? error
          : new TypeError("Cannot send the reply: its frames cannot be read", { cause: error }),
      );
      return;
    }
    if (job.state === "finished") done(abandoned(), body);
    else this.#send(job, messageTypes.reply, body, this.#options.replyTimeout, done);
  }

  /** Sends the error that the handler threw. */
  fail(job: Job, error: unknown, done: Done): void {
    this.#sendError(job, error, this.#options.replyTimeout, done, 0);
  }

  /** Ends a call with an error of the server's own, on which the client acts. */
  end(job: Job, error: MessagingError, done: Done): void {
    this.#sendError(job, error, this.#options.replyTimeout, done, errorFlags.own);
  }

  /** Sends items of a stream, or their end. */
  stream(
    { route, header, wasPacked }: Job,
    type: MessageType,
    flags: number,
    position: number,
    body: readonly Frame[],
    done: Done,
  ): void {
    this.#sender.send({
      route,
      header: streamHeader(header as Buffer, type, flags, position),
      body,
      readsPackets: wasPacked,
      timeout: this.#options.replyTimeout,
      done: (error) => done(error, body),
    });
  }

  /** Lets the client of a stream send more, or asks it to send no more. */
  control({ route, header, wasPacked }: Job, type: MessageType, credit?: Credit, sent: () => void = nothing): void {
    this.#sender.send({
      route,
      header: streamHeader(header as Buffer, type, 0, 0),
      body: credit === undefined ? [] : [encodeCredit(credit)],
      readsPackets: wasPacked,
      timeout: Number.POSITIVE_INFINITY,
      done: sent,
      isUrgent: true,
    });
  }

  /** Refuses a request: no handler began. */
  refuse(job: Job, error: Error): void {
    this.#sendError(job, error, 0, nothing, errorFlags.refused);
  }

  /** Tells a client that asked what it is connected to. */
  welcome({ route }: Job, header: Buffer): void {
    const flags = route.length > 1 ? welcomeFlags.proxied : welcomeFlags.packets | welcomeFlags.streams;
    this.#notify(route, answering(Buffer.from(header), messageTypes.welcome, flags), nothing);
  }

  /** Tests whether the client of a job is connected: libzmq refuses to send to a disconnected peer. */
  probe({ route }: Job, header: Buffer, done: Done): void {
    this.#notify(route, answering(Buffer.from(header), messageTypes.probe), done);
  }

  /** Tells a client that this server is shutting down. */
  goodbye(peer: Buffer, header: Buffer, done: Done): void {
    this.#notify([peer], answering(header, messageTypes.goodbye), done);
  }

  /**
   * Answers a header of another version or type if it is long enough: the correlation id is always at the same place.
   */
  reject(route: readonly Buffer[], header: Buffer, error: EnvelopeError): void {
    if (header.length < headerLength) return;
    const answer = answering(Buffer.from(header.subarray(0, headerLength)), messageTypes.error, errorFlags.refused);
    answer[2] = 1;
    const body = encodeError(error, { exposure: "message", flags: errorFlags.refused });
    this.#sender.send({ route, header: answer, body, readsPackets: false, timeout: 0, done: nothing });
  }

  #sendError(job: Job, error: unknown, timeout: number, done: Done, flags: number): void {
    const failure = { id: randomUUID() };
    const { onError, errorReply, exposeErrors: exposure } = this.#options;
    tell("onError of serve", onError, error, job.body, failure);
    if (job.state === "unwanted") {
      done();
      return;
    }
    if (job.header !== undefined) {
      const body = encodeError(error, { exposure, ...failure, flags });
      this.#send(job, messageTypes.error, body, timeout, done, flags);
      return;
    }
    void errorReplyOf("serve", errorReply, error, job.body, failure).then((answer) =>
      this.#send(job, messageTypes.error, answer, timeout, done),
    );
  }

  #send(job: Job, type: MessageType, body: readonly Frame[], timeout: number, done: Done, flags = 0): void {
    const { state, route, wasPacked: readsPackets } = job;
    if (state === "unwanted") {
      done(job.disconnection, body);
      return;
    }
    const header = job.header === undefined ? undefined : answering(job.header, type, flags);
    this.#sender.send({ route, header, body, readsPackets, timeout, done: (error) => done(error, body) });
  }

  /** Sends a message without a body. */
  #notify(route: readonly Buffer[], header: Buffer, done: Done): void {
    this.#sender.send({ route, header, body: [], readsPackets: false, timeout: 0, done });
  }
}

/** The error for the client of an abandoned handler, and for a reply that comes later. */
export function abandoned(): UnavailableError {
  return new UnavailableError("The server shut down before its handler finished");
}

function nothing(): void {}
