/** Takes requests, runs the handler of each when its turn comes, and answers it. */

import { type Frame, type MessagingError, type Sendable, UnroutableError } from "@awaitmq/core";
import { peerName, tell } from "@awaitmq/core/internals";
import { Handlers } from "../../concurrency/handlers.ts";
import { Stopping } from "../../concurrency/stopping.ts";
import { CancelledError, DisconnectedError, EnvelopeError, OverloadedError, UnavailableError } from "../../errors.ts";
import { asMessage } from "../../message/as-message.ts";
import { isAsyncIterable } from "../../streams/answer.ts";
import { type MessageType, messageTypes } from "../../wire/envelope.ts";
import { serverTrace } from "../trace.ts";
import { HandlerContext } from "./handler-context.ts";
import type { HandlerResult, Handling } from "./handling.ts";
import type { Job } from "./job.ts";
import { JobStreams } from "./job-streams.ts";
import { Jobs } from "./jobs.ts";
import { abandoned, type Replies } from "./replies.ts";
import type { CheckedServeOptions, ServerStats } from "./serve-options.ts";
import { warnOfRunning } from "./warn-of-running.ts";

export class Runner {
  readonly jobs = new Jobs();
  readonly stopping = new Stopping();
  readonly #handling: Handling;
  readonly #options: CheckedServeOptions;
  readonly #replies: Replies;
  readonly #lost: (peer: Buffer) => void;
  readonly #streams: JobStreams;
  /** Undefined if concurrency is unlimited. */
  readonly #handlers: Handlers | undefined;
  readonly #count = { running: 0, served: 0, failed: 0, refused: 0, dropped: 0, undeliverable: 0 };

  /** @param lost called with the routing id of a peer that has turned out to be disconnected */
  constructor(handling: Handling, options: CheckedServeOptions, replies: Replies, lost: (peer: Buffer) => void) {
    this.#handling = handling;
    this.#options = options;
    this.#replies = replies;
    this.#lost = lost;
    this.#streams = new JobStreams(handling, options, replies, {
      dropped: (item, error) => this.#drop(item, error),
      broken: (job) => {
        if (job.state === "waiting") this.#dropWaiting(job);
      },
    });
    const { concurrency } = options;
    if (concurrency !== Number.POSITIVE_INFINITY) this.#handlers = new Handlers(concurrency);
  }

  get stats(): Omit<ServerStats, "invalid"> {
    return { queued: this.#handlers?.waiting ?? 0, ...this.#count };
  }

  /** Treats the requests that `read` finds as having arrived at once. */
  together(read: () => void): void {
    if (this.#handlers === undefined) read();
    else this.#handlers.together(read);
  }

  /** @throws EnvelopeError if another request of its client has the same id */
  take(job: Job): void {
    const refusal = this.#refusal(job);
    if (refusal !== undefined) {
      this.refuse(job, refusal);
      return;
    }
    if (!this.jobs.add(job)) throw new EnvelopeError("Cannot take a second request with the same id from one client");
    this.#streams.open(job);
    if (this.#handlers === undefined) this.#run(job, nothing);
    else this.#handlers.run((leave) => this.#run(job, leave), job.priority);
  }

  /** The client has sent a message of a stream. */
  stream(route: readonly Buffer[], header: Buffer, type: MessageType, body: readonly Buffer[]): void {
    this.#streams.take(this.jobs.find(route, header), header, type, body);
  }

  /** A message of a stream cannot be read. False if there is no such stream. */
  break(route: readonly Buffer[], header: Buffer, error: EnvelopeError): boolean {
    const job = this.jobs.find(route, header);
    if (job?.stream === undefined) return false;
    this.#streams.break(job, error);
    return true;
  }

  /** The client has cancelled the request with this route and header. */
  cancel(route: readonly Buffer[], header: Buffer): void {
    const job = this.jobs.find(route, header);
    if (job === undefined) return;
    const isWaiting = job.state === "waiting";
    job.giveUp(new CancelledError("The client cancelled this request"));
    // The client of a stream waits until no handler runs, and none will.
    if (isWaiting && job.stream !== undefined) this.#dropWaiting(job);
  }

  refuse(job: Job, error: Error): void {
    this.#count.refused += 1;
    this.#replies.refuse(job, error);
  }

  /** Aborts running handlers, and refuses requests that wait for one. */
  cutShort(reason: unknown): void {
    for (const job of this.jobs) {
      if (job.state === "waiting" && !job.isOver) {
        this.refuse(job, new UnavailableError("The server shut down before this request reached a handler"));
        this.#finish(job);
      }
      job.abort(reason);
    }
  }

  /** Answers running requests with an error, and goes on without their handlers. What those return is dropped. */
  abandon(): void {
    const running = [...this.jobs].filter(({ outcome }) => outcome !== undefined);
    if (running.length > 0) warnOfRunning(running);
    for (const job of running) {
      if (job.stream === undefined) this.#replies.fail(job, abandoned(), nothing);
      else this.#replies.end(job, abandoned(), nothing);
    }
    for (const job of this.jobs) this.#finish(job);
  }

  /** The outcomes of running handlers. */
  *outcomes(): Iterable<Promise<void>> {
    for (const { outcome, stream } of this.jobs) if (outcome !== undefined) yield stream?.taking ?? outcome;
  }

  /** The peer has disconnected. */
  giveUp(peer: Buffer): void {
    this.jobs.giveUp(peer, new DisconnectedError(`Peer ${peerName(peer)} disconnected before the reply`));
  }

  #refusal(job: Job): Error | undefined {
    const { concurrency, maxQueued, maxQueuedPerPeer, maxQueuedPerProxy } = this.#options;
    if (this.#handlers?.isFull(maxQueued))
      return new OverloadedError(
        `This server is full: ${concurrency} requests are running (concurrency) and ${maxQueued} wait (maxQueued)`,
      );
    if (this.jobs.countOfClient(job) >= maxQueuedPerPeer)
      return new OverloadedError(`This client already has ${maxQueuedPerPeer} unanswered requests (maxQueuedPerPeer)`);
    if (job.clientKey !== undefined && this.jobs.countOfPeer(job) >= maxQueuedPerProxy)
      return new OverloadedError(
        `The clients of this proxy already have ${maxQueuedPerProxy} unanswered requests (maxQueuedPerProxy)`,
      );
    return undefined;
  }

  /** Runs the handler, and calls `leave` when it has ended. Its reply may still be on the way then. */
  #run(job: Job, leave: () => void): void {
    if (job.isOver) {
      if (job.state !== "finished") this.#dropWaiting(job);
      leave();
      return;
    }
    job.state = "begun";
    this.#count.running += 1;
    const traced = serverTrace.start(job.body);
    const end = () => {
      job.outcome = undefined;
      this.#count.running -= 1;
      leave();
    };
    const answered = (answer: HandlerResult) => {
      if (isAsyncIterable(answer)) job.outcome = this.#stream(job, answer, end, traced);
      else {
        end();
        this.#succeed(job, answer, traced);
      }
    };
    const failed = (error: unknown) => {
      end();
      this.#fail(job, error, traced);
    };
    let answer: HandlerResult | PromiseLike<HandlerResult>;
    try {
      answer = this.#handling.answer(job.body, new HandlerContext(job, this.stopping));
      if (isPromiseLike(answer)) {
        job.outcome = Promise.resolve(answer).then(answered, failed);
        job.stream?.acknowledge();
        return;
      }
    } catch (error) {
      failed(error);
      return;
    }
    answered(answer);
    if (job.outcome !== undefined) job.stream?.acknowledge();
  }

  /** Streams what a handler yields. */
  async #stream(
    job: Job,
    items: AsyncIterable<unknown>,
    end: () => void,
    traced: ReturnType<typeof serverTrace.start>,
  ): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#streams.run(job, items);
    } catch (error) {
      failure = { error };
    }
    end();
    this.#conclude(job, failure, traced);
  }

  /** The handler of a stream has finished, and its items have left. */
  #conclude(
    job: Job,
    failure: { readonly error: unknown } | undefined,
    traced: ReturnType<typeof serverTrace.start>,
  ): void {
    // If it was abandoned, its client has an error.
    const isLate = job.state === "finished";
    const verdict = isLate ? undefined : this.#streams.verdict(job);
    if (verdict !== undefined) this.#end(job, verdict, traced);
    else if (failure !== undefined) this.#fail(job, failure.error, traced);
    else {
      if (!isLate) this.#count.served += 1;
      traced?.();
      this.#settle(job, undefined, undefined);
      if (job.stream?.undelivered instanceof UnroutableError) this.#lost(job.peer);
    }
  }

  #succeed(job: Job, reply: Sendable, traced: ReturnType<typeof serverTrace.start>): void {
    const isLate = job.state === "finished";
    if (job.fault !== undefined && !isLate) {
      this.#end(job, job.fault, traced);
      return;
    }
    this.#replies.reply(job, reply, (error, message) => {
      if (error instanceof TypeError) {
        this.#fail(job, error, traced);
        return;
      }
      if (!isLate) this.#count.served += 1;
      traced?.();
      this.#settle(job, error, message);
    });
  }

  #fail(job: Job, error: unknown, traced: ReturnType<typeof serverTrace.start>): void {
    const verdict = job.stream === undefined || job.state === "finished" ? undefined : this.#streams.verdict(job);
    if (verdict !== undefined) {
      this.#end(job, verdict, traced);
      return;
    }
    this.#count.failed += 1;
    traced?.({ error });
    if (job.state === "finished") return;
    this.#replies.fail(job, error, (failure, message) => this.#settle(job, failure, message));
  }

  /** A streaming call ends with an error of the server's own, whatever its handler did. */
  #end(job: Job, error: MessagingError, traced: ReturnType<typeof serverTrace.start>): void {
    this.#count.failed += 1;
    traced?.({ error });
    this.#replies.end(job, error, (failure, message) => this.#settle(job, failure, message));
  }

  /** The reply has left, or was dropped because of the error. */
  #settle(job: Job, error: Error | undefined, message: readonly Frame[] | undefined): void {
    if (error !== undefined) this.#drop(message ?? [], error);
    if (error instanceof UnroutableError) this.#lost(job.peer);
    this.#finish(job);
  }

  /** No handler begins for it. */
  #dropWaiting(job: Job): void {
    this.#count.dropped += 1;
    if (job.fault !== undefined) this.#replies.end(job, job.fault, nothing);
    this.#finish(job);
  }

  #drop(message: readonly Frame[], error: Error): void {
    this.#count.undeliverable += 1;
    const { onUndeliverable } = this.#options;
    if (onUndeliverable !== undefined)
      tell("onUndeliverable of serve", onUndeliverable, asMessage(message), error as MessagingError);
  }

  #finish(job: Job): void {
    // The client of a stream that it has left waits until the handler has finished, unless the last item says so.
    const isLeft = job.stream !== undefined && job.state === "unwanted" && job.disconnection === undefined;
    if (isLeft && !job.stream?.isComplete) this.#replies.stream(job, messageTypes.end, 0, 0, [], nothing);
    job.finish();
    this.jobs.remove(job);
  }
}

function nothing(): void {}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
