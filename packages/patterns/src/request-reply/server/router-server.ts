/** A server on a Router: any number of requests at once, of any number of clients, answered in any order. */

import { inspect } from "node:util";
import { type Message, type Router, type Sendable, UnroutableError } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { claim } from "../../concurrency/claim.ts";
import { Handlers } from "../../concurrency/handlers.ts";
import { CancelledError, DisconnectedError, EnvelopeError, OverloadedError, UnavailableError } from "../../errors.ts";
import { announceDisconnects } from "../../message/disconnect-message.ts";
import { flagsOf, requestFlags } from "../../message/envelope.ts";
import { EnvelopeReader } from "../../message/envelope-reader.ts";
import { EnvelopeSender } from "../../message/envelope-sender.ts";
import { serverTrace } from "../trace.ts";
import { Farewell } from "./farewell.ts";
import { type Job, keyOf } from "./job.ts";
import { Jobs } from "./jobs.ts";
import { Replies } from "./replies.ts";
import { type RequestTaker, readRequests } from "./requests.ts";
import {
  type CheckedServeOptions,
  checkServeOptions,
  type RequestHandler,
  type ServeOptions,
  type ServerStats,
} from "./serve-options.ts";
import type { Server } from "./server.ts";

/** Milliseconds between two probes where libzmq can't tell that a peer went. */
const defaultProbeInterval = 20;

/** Binds `endpoints`, if there are any, and then closes the router at its end. */
export class RouterServer implements Server {
  readonly done: Promise<void>;
  readonly endpoints: readonly string[] = [];
  readonly #router: Router;
  readonly #handler: RequestHandler;
  readonly #options: CheckedServeOptions;
  readonly #onInvalid: ServeOptions["onInvalid"];
  readonly #signal: AbortSignal | undefined;
  /** Absent where any number may run at once. */
  readonly #handlers: Handlers | undefined;
  readonly #jobs = new Jobs();
  readonly #replies: Replies;
  readonly #farewell: Farewell;
  readonly #reader: EnvelopeReader;
  readonly #ownsRouter: boolean;
  readonly #probing: NodeJS.Timeout | undefined;
  readonly #ended: () => void;
  readonly #release: () => void;
  #stopping = false;
  readonly #count = { running: 0, served: 0, failed: 0, refused: 0, dropped: 0, undelivered: 0, invalid: 0 };

  constructor(router: Router, handler: RequestHandler, options: ServeOptions, endpoints?: readonly string[]) {
    this.#options = checkServeOptions(options);
    this.#release = claim(router, "serve");
    this.#router = router;
    const sender = new EnvelopeSender(router);
    const replies = new Replies(sender, this.#options);
    this.#replies = replies;
    this.#farewell = new Farewell((peer, header, done) => replies.goodbye(peer, header, done));
    this.#reader = new EnvelopeReader(router, sender, (message) => readRequests(message, this.#taker), this.#lose);
    this.#handler = handler;
    this.#ownsRouter = endpoints !== undefined;
    this.#onInvalid = options.onInvalid;
    this.#signal = options.signal;
    const { concurrency } = this.#options;
    if (concurrency !== Number.POSITIVE_INFINITY) this.#handlers = new Handlers(concurrency);
    let ended = () => {};
    this.done = new Promise((resolve) => {
      ended = resolve;
    });
    this.#ended = ended;
    const told = announceDisconnects(router);
    const interval = options.probeInterval ?? (told ? Number.POSITIVE_INFINITY : defaultProbeInterval);
    if (endpoints !== undefined) this.endpoints = endpoints.map((endpoint) => router.bindSync(endpoint));
    if (interval !== Number.POSITIVE_INFINITY)
      this.#probing = setInterval(() => this.#probe(), Math.min(interval, longestTimer)).unref();
    if (this.#signal?.aborted) this.#abort();
    else {
      this.#signal?.addEventListener("abort", this.#abort);
      this.#reader.start();
    }
  }

  get stats(): ServerStats {
    return { queued: this.#handlers?.waiting ?? 0, ...this.#count };
  }

  stop(): Promise<void> {
    void this.#stop(this.#options.grace);
    return this.done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #abort = (): void => {
    this.#cutShort(this.#signal?.reason);
    void this.#stop(0, this.#signal?.reason);
  };

  async #stop(grace: number, reason: unknown = new UnavailableError("The server ends")): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const timer = setTimeout(() => this.#cutShort(reason), Math.min(grace, longestTimer));
    await this.#jobs.empty();
    clearTimeout(timer);
    clearInterval(this.#probing);
    await this.#farewell.take();
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#reader.stop();
    this.#release();
    if (this.#ownsRouter) await this.#router.close();
    this.#ended();
  }

  /** Aborts the handlers that run, and refuses what waits for one. */
  #cutShort(reason: unknown): void {
    for (const job of this.#jobs) {
      if (!job.hasBegun && !job.isOver) {
        this.#refuse(job, new UnavailableError("The server ended before this request had its turn"));
        this.#finish(job);
      }
      job.abort(reason);
    }
  }

  readonly #taker: RequestTaker = {
    take: (job) => this.#admit(job),
    cancel: (peer, key) => this.#jobs.find(peer, key)?.giveUp(new CancelledError("The client gave up this request")),
    goodbye: (peer) => this.#farewell.answered(keyOf(peer)),
    lost: (peer) => this.#lost(peer),
    reject: (error, message, route, header) => {
      this.#count.invalid += 1;
      if (header !== undefined) this.#replies.reject(route, header, error);
      void this.#tellInvalid(error, message);
    },
  };

  async #tellInvalid(error: EnvelopeError, message: Message): Promise<void> {
    try {
      await this.#onInvalid?.(error, message);
    } catch (thrown) {
      process.emitWarning(`onInvalid of a server threw: ${inspect(thrown)}`, "awaitmq");
    }
  }

  /** The router was closed, or failed for good. */
  readonly #lose = (error: unknown): void => {
    this.#cutShort(error);
    this.#farewell.giveUp();
    void this.#stop(0, error);
  };

  /** @throws EnvelopeError */
  #admit(job: Job): void {
    const { header } = job;
    this.#farewell.hear();
    if (header !== undefined && (flagsOf(header) & requestFlags.ask) !== 0) {
      this.#replies.welcome(job, header);
      if (job.route.length === 1) this.#farewell.meet(job.peerKey, job.peer, header);
    }
    const refusal = this.#refusal(job);
    if (refusal !== undefined) {
      this.#refuse(job, refusal);
      return;
    }
    if (!this.#jobs.add(job)) throw new EnvelopeError("Cannot take two requests of one client with the same id");
    if (this.#handlers === undefined) this.#run(job, nothing);
    else this.#handlers.run((leave) => this.#run(job, leave), job.priority);
  }

  #refuse(job: Job, error: Error): void {
    this.#count.refused += 1;
    this.#replies.refuse(job, error);
  }

  #refusal(job: Job): Error | undefined {
    const { concurrency, queue, queuePerPeer } = this.#options;
    if (this.#stopping) return new UnavailableError("The server ends, and takes no more requests");
    if (this.#handlers !== undefined && this.#handlers.running >= concurrency && this.#handlers.waiting >= queue)
      return new OverloadedError(`${concurrency} requests are being handled and ${queue} wait already`);
    if (this.#jobs.countBeside(job) >= queuePerPeer)
      return new OverloadedError(`This client has ${queuePerPeer} requests that are not answered already`);
    return undefined;
  }

  /** Runs the handler, and calls `leave` when it has ended. Its reply may still be on its way then. */
  #run(job: Job, leave: () => void): void {
    if (job.isOver) {
      if (!job.isFinished) {
        this.#count.dropped += 1;
        this.#finish(job);
      }
      leave();
      return;
    }
    job.hasBegun = true;
    this.#count.running += 1;
    const tell = serverTrace.start(job.body);
    const end = () => {
      this.#count.running -= 1;
      leave();
    };
    const succeeded = (reply: Sendable) => {
      end();
      this.#succeed(job, reply, tell);
    };
    const failed = (error: unknown) => {
      end();
      this.#fail(job, error, tell);
    };
    let reply: Sendable | PromiseLike<Sendable>;
    try {
      reply = this.#handler(job.body, job);
      if (isPromiseLike(reply)) {
        Promise.resolve(reply).then(succeeded, failed);
        return;
      }
    } catch (error) {
      failed(error);
      return;
    }
    succeeded(reply);
  }

  #succeed(job: Job, reply: Sendable, tell: ReturnType<typeof serverTrace.start>): void {
    this.#replies.reply(job, reply, (error) => {
      if (error instanceof TypeError) {
        this.#fail(job, error, tell);
        return;
      }
      this.#count.served += 1;
      tell?.();
      if (error === undefined) this.#finish(job);
      else this.#undeliver(job, error);
    });
  }

  #fail(job: Job, error: unknown, tell: ReturnType<typeof serverTrace.start>): void {
    this.#count.failed += 1;
    tell?.({ error });
    this.#replies.fail(job, error, (failure) => {
      if (failure === undefined) this.#finish(job);
      else this.#undeliver(job, failure);
    });
  }

  #undeliver(job: Job, error: unknown): void {
    this.#count.undelivered += 1;
    if (error instanceof UnroutableError) this.#lost(job.peer);
    this.#finish(job);
  }

  #finish(job: Job): void {
    job.finish();
    this.#jobs.remove(job);
  }

  #lost(peer: Buffer): void {
    this.#farewell.forget(keyOf(peer));
    this.#jobs.giveUp(peer, new DisconnectedError(`Peer ${peer.toString("hex")} went away before the reply`));
  }

  /** Looks whether the clients of what runs are there, but plain ones, which would take a probe for a reply. */
  #probe(): void {
    const probed = new Set<string>();
    for (const job of this.#jobs) {
      if (job.header === undefined || probed.has(job.peerKey)) continue;
      probed.add(job.peerKey);
      this.#replies.probe(job, job.header, (error) => {
        if (error instanceof UnroutableError) this.#lost(job.peer);
      });
    }
  }
}

function nothing(): void {}

function isPromiseLike(value: unknown): value is PromiseLike<Sendable> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
