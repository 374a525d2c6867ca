/** Takes requests, runs the handler of each when its turn comes, and answers it. */

import { type Frame, type MessagingError, type Sendable, UnroutableError } from "@awaitmq/core";
import { peerName, tell } from "@awaitmq/core/internals";
import { Handlers } from "../../concurrency/handlers.ts";
import { DisconnectedError, EnvelopeError, OverloadedError, UnavailableError } from "../../errors.ts";
import { asMessage } from "../../message/as-message.ts";
import { serverTrace } from "../trace.ts";
import { HandlerContext } from "./handler-context.ts";
import type { Job } from "./job.ts";
import { Jobs } from "./jobs.ts";
import { abandoned, type Replies } from "./replies.ts";
import type { CheckedServeOptions, RequestHandler, ServerStats } from "./serve-options.ts";
import { warnOfRunning } from "./warn-of-running.ts";

export class Runner {
  readonly jobs = new Jobs();
  readonly #handler: RequestHandler;
  readonly #options: CheckedServeOptions;
  readonly #replies: Replies;
  readonly #lost: (peer: Buffer) => void;
  /** Undefined if concurrency is unlimited. */
  readonly #handlers: Handlers | undefined;
  readonly #count = { running: 0, served: 0, failed: 0, refused: 0, dropped: 0, undeliverable: 0 };

  /** @param lost called with the routing id of a peer that has turned out to be disconnected */
  constructor(handler: RequestHandler, options: CheckedServeOptions, replies: Replies, lost: (peer: Buffer) => void) {
    this.#handler = handler;
    this.#options = options;
    this.#replies = replies;
    this.#lost = lost;
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
    if (this.#handlers === undefined) this.#run(job, nothing);
    else this.#handlers.run((leave) => this.#run(job, leave), job.priority);
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
    for (const job of running) this.#replies.fail(job, abandoned(), nothing);
    for (const job of this.jobs) this.#finish(job);
  }

  /** The outcomes of running handlers. */
  *outcomes(): Iterable<Promise<void>> {
    for (const { outcome } of this.jobs) if (outcome !== undefined) yield outcome;
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
      if (job.state !== "finished") {
        this.#count.dropped += 1;
        this.#finish(job);
      }
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
    const succeeded = (reply: Sendable) => {
      end();
      this.#succeed(job, reply, traced);
    };
    const failed = (error: unknown) => {
      end();
      this.#fail(job, error, traced);
    };
    let reply: Sendable | PromiseLike<Sendable>;
    try {
      reply = this.#handler(job.body, new HandlerContext(job));
      if (isPromiseLike(reply)) {
        job.outcome = Promise.resolve(reply).then(succeeded, failed);
        return;
      }
    } catch (error) {
      failed(error);
      return;
    }
    succeeded(reply);
  }

  #succeed(job: Job, reply: Sendable, traced: ReturnType<typeof serverTrace.start>): void {
    const isLate = job.state === "finished";
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
    this.#count.failed += 1;
    traced?.({ error });
    if (job.state === "finished") return;
    this.#replies.fail(job, error, (failure, message) => this.#settle(job, failure, message));
  }

  /** The reply has left, or was dropped because of the error. */
  #settle(job: Job, error: Error | undefined, message: readonly Frame[] | undefined): void {
    if (error !== undefined) this.#drop(message ?? [], error);
    if (error instanceof UnroutableError) this.#lost(job.peer);
    this.#finish(job);
  }

  #drop(message: readonly Frame[], error: Error): void {
    this.#count.undeliverable += 1;
    const { onUndeliverable } = this.#options;
    if (onUndeliverable !== undefined)
      tell("onUndeliverable of serve", onUndeliverable, asMessage(message), error as MessagingError);
  }

  #finish(job: Job): void {
    job.finish();
    this.jobs.remove(job);
  }
}

function nothing(): void {}

function isPromiseLike(value: unknown): value is PromiseLike<Sendable> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
