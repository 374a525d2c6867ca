/** The streams of a server's requests: how they open, what their clients send, and how each ends. */

import { type Frame, type Message, type MessagingError, UnroutableError } from "@awaitmq/core";
import { EnvelopeError, UnavailableError } from "../../errors.ts";
import { closeUnread, needsStream } from "../../streams/answer.ts";
import { CreditSender } from "../../streams/credit-sender.ts";
import { ServedStream } from "../../streams/served-stream.ts";
import { windowOf } from "../../streams/window.ts";
import type { Credit } from "../../wire/credit.ts";
import { flagsOf, type MessageType, messageTypes, positionOf } from "../../wire/envelope.ts";
import { ItemsReader } from "../../wire/items.ts";
import type { Handling } from "./handling.ts";
import type { Job } from "./job.ts";
import type { Replies } from "./replies.ts";
import type { CheckedServeOptions } from "./serve-options.ts";

/** What becomes of streams. */
export interface JobStreamsOwner {
  /** An item did not reach its client. */
  dropped(item: readonly Frame[], error: Error): void;
  /** The client has broken the rules. If a handler runs, it was aborted. */
  broken(job: Job): void;
}

export class JobStreams {
  readonly #handling: Handling;
  readonly #replies: Replies;
  readonly #owner: JobStreamsOwner;
  readonly #window: Credit;

  constructor(handling: Handling, { window }: CheckedServeOptions, replies: Replies, owner: JobStreamsOwner) {
    this.#handling = handling;
    this.#replies = replies;
    this.#owner = owner;
    this.#window = windowOf(window);
  }

  /** Lets a job stream, if its client opened a stream. */
  open(job: Job): void {
    if (job.credit === undefined) return;
    const replies = this.#replies;
    const credits = new CreditSender((credit, sent) => replies.control(job, messageTypes.credit, credit, sent));
    job.stream = new ServedStream(
      {
        send: (type, flags, position, body, done) =>
          replies.stream(job, type, flags, position, body, (error) => {
            if (error !== undefined) this.#dropAll(type, body, error);
            done(error);
          }),
        grant: (credit) => credits.grant(credit),
        enough: () => replies.control(job, messageTypes.enough),
      },
      job.credit,
      job.hasInput ? this.#window : undefined,
      this.#handling.read,
    );
  }

  /** Takes a message of the client of a job. One that breaks the rules ends the call. */
  take(job: Job | undefined, header: Buffer, type: MessageType, body: readonly Buffer[]): void {
    try {
      job?.stream?.take(type, flagsOf(header), positionOf(header), body);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.break(job as Job, error);
    }
  }

  /** The client has broken the rules, which ends the call. */
  break(job: Job, error: EnvelopeError): void {
    job.fault ??= error;
    job.abort(error);
    this.#owner.broken(job);
  }

  /** Streams what a handler yields, unless the client asked for one reply. Settles when the handler has finished. */
  async run(job: Job, items: AsyncIterable<unknown>): Promise<void> {
    if (job.stream === undefined) await closeUnread(items);
    else await job.stream.run(items, this.#handling.encode);
  }

  /** The error that ends a stream whose handler has finished. Undefined if its client needs none. */
  verdict(job: Job): MessagingError | undefined {
    const { stream, fault } = job;
    if (stream === undefined) return needsStream();
    if (fault !== undefined) return fault;
    if (stream.isComplete || job.state === "unwanted") return undefined;
    if (job.expiry !== undefined) return job.expiry;
    if (job.isAborted) return new UnavailableError("The server shut down before this stream ended");
    if (stream.undelivered === undefined || stream.undelivered instanceof UnroutableError) return undefined;
    return new UnavailableError(`The server dropped items of this stream: ${stream.undelivered.message}`);
  }

  #dropAll(type: MessageType, body: readonly Frame[], error: Error): void {
    if (type === messageTypes.item) this.#owner.dropped(body, error);
    if (type !== messageTypes.items) return;
    // The memory of the items is reused soon, and the program may keep what it gets.
    for (const items = new ItemsReader(Buffer.from(body[0] as Buffer)); !items.isEmpty; )
      this.#owner.dropped(items.next() as Message, error);
  }
}
