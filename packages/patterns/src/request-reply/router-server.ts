/** A server on a Router: any number of requests at once, of any number of clients, answered in any order. */

import { type Frame, type Message, type Router, type Sendable, UnroutableError } from "@awaitmq/core";
import { Handlers } from "../concurrency/handlers.ts";
import { CancelledError, DisconnectedError, EnvelopeError, OverloadedError, UnavailableError } from "../errors.ts";
import { announceDisconnects, isDisconnect } from "../message/disconnect-message.ts";
import {
  answering,
  correlationOf,
  delimiterIn,
  errorFlags,
  flagsOf,
  headerLength,
  isHeader,
  type MessageType,
  messageTypes,
  requestFlags,
  typeOf,
  welcomeFlags,
} from "../message/envelope.ts";
import { EnvelopeReader } from "../message/envelope-reader.ts";
import { EnvelopeSender } from "../message/envelope-sender.ts";
import { ownFrames } from "../message/own-frames.ts";
import { isPacket, readPacket } from "../message/packet.ts";
import { encodeError } from "./error-body.ts";
import { Job } from "./job.ts";
import { Jobs } from "./jobs.ts";
import {
  type CheckedServeOptions,
  checkServeOptions,
  type RequestHandler,
  type ServeOptions,
  type ServerStats,
} from "./serve-options.ts";
import type { Server } from "./server.ts";
import { serverTrace } from "./trace.ts";

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
  readonly #sender: EnvelopeSender;
  readonly #reader: EnvelopeReader;
  readonly #ownsRouter: boolean;
  readonly #probing: NodeJS.Timeout | undefined;
  readonly #ended: () => void;
  #stopping = false;
  #running = 0;
  #served = 0;
  #failed = 0;
  #refused = 0;
  #dropped = 0;
  #undelivered = 0;
  #invalid = 0;

  constructor(router: Router, handler: RequestHandler, options: ServeOptions, endpoints?: readonly string[]) {
    this.#options = checkServeOptions(options);
    this.#router = router;
    this.#sender = new EnvelopeSender(router);
    this.#reader = new EnvelopeReader(router, this.#sender, (message) => this.#accept(message), this.#lose);
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
    if (interval !== Number.POSITIVE_INFINITY) this.#probing = setInterval(() => this.#probe(), interval).unref();
    if (this.#signal?.aborted) this.#abort();
    else {
      this.#signal?.addEventListener("abort", this.#abort);
      this.#reader.start();
    }
  }

  get stats(): ServerStats {
    return {
      running: this.#running,
      queued: this.#handlers?.waiting ?? 0,
      served: this.#served,
      failed: this.#failed,
      refused: this.#refused,
      dropped: this.#dropped,
      undelivered: this.#undelivered,
      invalid: this.#invalid,
    };
  }

  stop(): Promise<void> {
    void this.#stop(this.#options.grace);
    return this.done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #abort = (): void => {
    this.#jobs.abortAll(this.#signal?.reason);
    void this.#stop(0, this.#signal?.reason);
  };

  async #stop(grace: number, reason: unknown = new UnavailableError("The server ends")): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const timer = setTimeout(() => this.#jobs.abortAll(reason), grace);
    await this.#jobs.empty();
    clearTimeout(timer);
    clearInterval(this.#probing);
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#reader.stop();
    if (this.#ownsRouter) await this.#router.close();
    this.#ended();
  }

  /** The router was closed, or failed for good. */
  readonly #lose = (error: unknown): void => {
    this.#jobs.abortAll(error);
    void this.#stop(0, error);
  };

  #accept(message: Message): void {
    if (isDisconnect(message)) {
      this.#lost(message[0]);
      return;
    }
    if (isPacket(message, 1)) {
      this.#acceptPacket(message);
      return;
    }
    const delimiter = delimiterIn(message, 1);
    const envelope = message.slice(0, Math.max(0, delimiter));
    const last = envelope.length > 1 ? envelope.at(-1) : undefined;
    const header = last !== undefined && isHeader(last) ? last : undefined;
    const route = header === undefined ? envelope : envelope.slice(0, -1);
    try {
      if (delimiter < 0) throw new EnvelopeError("Cannot read a request without an empty delimiter");
      this.#take(route, header, message.slice(delimiter + 1), false);
    } catch (error) {
      this.#reject(error, message, route, header);
    }
  }

  #acceptPacket(message: Message): void {
    const route = [message[0]];
    try {
      readPacket(message[1] as Buffer, (header, body) => {
        try {
          this.#take(route, header, body, true);
        } catch (error) {
          this.#reject(error, message, route, header);
        }
      });
    } catch (error) {
      this.#reject(error, message, route, undefined);
    }
  }

  /** @throws EnvelopeError */
  #take(route: readonly Buffer[], header: Buffer | undefined, body: readonly Buffer[], wasPacked: boolean): void {
    const type = header === undefined ? messageTypes.request : typeOf(header);
    if (type === messageTypes.cancel) this.#cancel(route[0] as Buffer, correlationOf(header as Buffer));
    else if (type !== messageTypes.request)
      throw new EnvelopeError(`Cannot read a message of the type ${type} as a request`);
    else if (body.length === 0) throw new EnvelopeError("Cannot read a request without a body");
    else this.#admit(new Job(route, header, body as Message, wasPacked));
  }

  #admit(job: Job): void {
    const { header } = job;
    if (header !== undefined && (flagsOf(header) & requestFlags.ask) !== 0) this.#welcome(job, header);
    const refusal = this.#refusal(job);
    if (refusal !== undefined) {
      this.#refused += 1;
      this.#sendError(job, refusal, 0, nothing, errorFlags.refused);
      return;
    }
    if (!this.#jobs.add(job)) throw new EnvelopeError("Cannot take two requests of one client with the same id");
    if (this.#handlers === undefined) void this.#run(job);
    else void this.#handlers.run(async () => this.#run(job), job.priority);
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

  /** Runs the handler. Its reply may still be on its way when this ends. */
  #run(job: Job): void | Promise<void> {
    if (job.isOver) {
      this.#dropped += 1;
      this.#finish(job);
      return;
    }
    this.#running += 1;
    const tell = serverTrace.start(job.body);
    let reply: Sendable | Promise<Sendable>;
    try {
      reply = this.#handler(job.body, job);
    } catch (error) {
      this.#running -= 1;
      this.#fail(job, error, tell);
      return;
    }
    if (!isPromiseLike(reply)) {
      this.#running -= 1;
      this.#succeed(job, reply, tell);
      return;
    }
    return reply.then(
      (value) => {
        this.#running -= 1;
        this.#succeed(job, value, tell);
      },
      (error) => {
        this.#running -= 1;
        this.#fail(job, error, tell);
      },
    );
  }

  #succeed(job: Job, reply: Sendable, tell: ReturnType<typeof serverTrace.start>): void {
    this.#send(job, messageTypes.reply, reply, this.#options.replyTimeout, (error) => {
      if (error instanceof TypeError) {
        this.#fail(job, error, tell);
        return;
      }
      this.#served += 1;
      tell?.();
      if (error === undefined) this.#finish(job);
      else this.#undeliver(job, error);
    });
  }

  #fail(job: Job, error: unknown, tell: ReturnType<typeof serverTrace.start>): void {
    this.#failed += 1;
    tell?.({ error });
    this.#sendError(job, error, this.#options.replyTimeout, (failure) => {
      if (failure === undefined) this.#finish(job);
      else this.#undeliver(job, failure);
    });
  }

  #undeliver(job: Job, error: unknown): void {
    this.#undelivered += 1;
    if (error instanceof UnroutableError) this.#lost(job.peer);
    this.#finish(job);
  }

  #finish(job: Job): void {
    job.finish();
    this.#jobs.remove(job);
  }

  #lost(peer: Buffer): void {
    this.#jobs.giveUp(peer, new DisconnectedError(`Peer ${peer.toString("hex")} went away before the reply`));
  }

  #cancel(peer: Buffer, key: string): void {
    this.#jobs.find(peer, key)?.giveUp(new CancelledError("The client gave up this request"));
  }

  #sendError(job: Job, error: unknown, timeout: number, done: (failure?: Error) => void, flags = 0): void {
    let plain: Sendable = null;
    try {
      plain = this.#options.onError(error, job.body);
    } catch {
      // As documented: what it throws counts as null.
    }
    if (job.header !== undefined) {
      this.#send(job, messageTypes.error, encodeError(error, this.#options.exposeStack), timeout, done, flags);
      return;
    }
    this.#send(job, messageTypes.error, plain, timeout, (failure) => {
      if (failure instanceof TypeError) this.#send(job, messageTypes.error, null, timeout, done);
      else done(failure);
    });
  }

  /** `done` gets a TypeError for what is no message. */
  #send(
    job: Job,
    type: MessageType,
    message: Sendable,
    timeout: number,
    done: (error?: Error) => void,
    flags = 0,
  ): void {
    const { isUnwanted, route, header, wasPacked: readsPackets } = job;
    let body: readonly Frame[];
    try {
      body = ownFrames(message);
    } catch (error) {
      done(error as TypeError);
      return;
    }
    if (isUnwanted) {
      done();
      return;
    }
    if (header !== undefined) answering(header, type, flags);
    this.#sender.send({ route, header, body, readsPackets, timeout, done });
  }

  /** Sends what has no body. */
  #notify(route: readonly Buffer[], header: Buffer, done: (error?: Error) => void = nothing): void {
    this.#sender.send({ route, header, body: [], readsPackets: false, timeout: 0, done });
  }

  /** Tells a client that asked what it is connected to. */
  #welcome({ route }: Job, header: Buffer): void {
    const flags = route.length > 1 ? welcomeFlags.proxied : welcomeFlags.packets;
    this.#notify(route, answering(Buffer.from(header), messageTypes.welcome, flags));
  }

  #reject(error: unknown, message: Message, route: readonly Buffer[], header: Buffer | undefined): void {
    if (!(error instanceof EnvelopeError)) throw error;
    this.#invalid += 1;
    // Each version of the header has the correlation id at its place, if it is so long.
    if (header !== undefined && header.length >= headerLength) {
      const answer = answering(Buffer.from(header.subarray(0, headerLength)), messageTypes.error, errorFlags.refused);
      answer[2] = 1;
      const body = [encodeError(error, false)];
      this.#sender.send({ route, header: answer, body, readsPackets: false, timeout: 0, done: nothing });
    }
    this.#onInvalid?.(error, message);
  }

  /** Tries to reach the clients of what runs: libzmq refuses to send to a peer that is gone. Never a plain one. */
  #probe(): void {
    const probed = new Set<string>();
    for (const job of this.#jobs) {
      if (job.header === undefined || probed.has(job.peerKey)) continue;
      probed.add(job.peerKey);
      const probe = answering(Buffer.from(job.header), messageTypes.probe);
      this.#notify(job.route, probe, (error) => {
        if (error instanceof UnroutableError) this.#lost(job.peer);
      });
    }
  }
}

function nothing(): void {}

function isPromiseLike(value: unknown): value is PromiseLike<Sendable> & Promise<Sendable> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
