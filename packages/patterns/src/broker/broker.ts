/** The broker: gives requests to workers that have announced room for them. */

import { setMaxListeners } from "node:events";
import { ClosedError, type Message, type MessagingError, type Router, UnroutableError } from "@awaitmq/core";
import { closedError, internals, TransientSet, tell, toKey } from "@awaitmq/core/internals";
import { allMessages } from "../concurrency/all-messages.ts";
import type { End } from "../concurrency/ending.ts";
import type { Runs } from "../concurrency/running.ts";
import { isDisconnect } from "../message/disconnect-message.ts";
import { mostFrames } from "../message/frame-count.ts";
import type { OpenedSockets } from "../opening/opened-sockets.ts";
import type { BalanceStats, CheckedBalanceOptions } from "./balance-options.ts";
import { BalancedReplies } from "./balanced-replies.ts";
import { type BalancedWorker, BalancedWorkers } from "./balanced-workers.ts";
import { FrontendReader } from "./frontend-reader.ts";
import { BalancedRequest, parseWorkerMessage, Tags, type WorkerReply } from "./protocol.ts";
import { StreamRelay } from "./stream-relay.ts";
import { full, lostTooOften, openTwice } from "./why-unanswered.ts";

/** Milliseconds between probes of the clients of streams, if libzmq does not report those that disconnect. */
const probeInterval = 1_000;

export class Broker implements Runs<BalanceStats> {
  readonly done: Promise<void>;
  readonly #sockets: OpenedSockets;
  readonly #frontend: Router;
  readonly #backend: Router;
  readonly #settings: CheckedBalanceOptions;
  readonly #workers = new BalancedWorkers();
  readonly #replies: BalancedReplies;
  readonly #tags = new Tags();
  /** Routing ids whose last message was empty. */
  readonly #empty = new Set<string>();
  /** Aborted when no more requests are to be read. */
  readonly #reading = new AbortController();
  /** Aborted at the end. */
  readonly #stop = new AbortController();
  readonly #count = { given: 0, answered: 0, takenBack: 0, undeliverable: 0, ignored: 0, unanswered: 0 };
  readonly #relay: StreamRelay;
  readonly #probing: NodeJS.Timeout | undefined;
  /** Requests that no worker holds, oldest first. */
  #waiting: BalancedRequest[] = [];
  readonly #reader: FrontendReader;
  readonly #sends = new TransientSet<Promise<unknown>>();
  /** Set before anything can end. */
  #ending!: End;
  #failure: { readonly error: unknown } | undefined;

  /** @param seesClients whether libzmq reports clients that disconnect */
  constructor(
    frontend: Router,
    backend: Router,
    settings: CheckedBalanceOptions,
    sockets: OpenedSockets,
    seesClients: boolean,
  ) {
    this.#sockets = sockets;
    this.#frontend = frontend;
    this.#backend = backend;
    this.#settings = settings;
    this.#replies = new BalancedReplies(frontend, settings);
    for (const signal of [this.#reading.signal, this.#stop.signal, this.#replies.signal]) setMaxListeners(0, signal);
    this.#relay = new StreamRelay(frontend, backend, {
      answer: (message) => this.#track(this.#send(message)),
      withdraw: (request) => {
        this.#waiting = this.#waiting.filter((other) => other !== request);
        this.#endIfIdle();
      },
      late: this.#replies.signal,
    });
    this.#reader = new FrontendReader(frontend, this.#relay, settings.maxQueued, {
      take: (message) => this.#take(message),
      isFull: () => this.#isFull,
      clientLost: () => this.#dispatch(),
      retired: () => this.#endIfIdle(),
    });
    if (!seesClients) this.#probing = setInterval(() => this.#relay.probe(), probeInterval).unref();
    this.done = this.#run();
  }

  get stats(): BalanceStats {
    return { waiting: this.#waiting.length, held: this.#workers.holding, ...this.#count };
  }

  get endpoints(): readonly string[] {
    return this.#sockets.endpoints;
  }

  start(end: End): void {
    this.#ending = end;
  }

  retire(): void {
    this.#reading.abort();
    this.#reader.resume();
    this.#endIfIdle();
  }

  abort(): void {
    this.#end();
  }

  abandon(): void {
    this.#replies.abandon();
  }

  outcomes(): Iterable<Promise<unknown>> {
    return [];
  }

  async #run(): Promise<void> {
    const failed = (error: unknown) => this.#fail(error);
    await Promise.all([
      this.#reader.read(this.#reading.signal, this.#stop.signal).catch(failed),
      this.#readBackend().catch(failed),
    ]);
    clearInterval(this.#probing);
    this.#relay.failAll();
    while (this.#sends.size > 0) await Promise.all(this.#sends);
    const held = this.#workers.clear().filter((request) => this.#relay.workerLost(request));
    const unanswered = [...held, ...this.#waiting];
    this.#waiting = [];
    // If the frontend is closed next, they are lost.
    const unread = [...unanswered.map(({ message }) => message), ...this.#reader.unread];
    this.#count.unanswered = unread.length;
    if (unread.length > 0) this.#frontend[internals].inbox.putBack(unread);
    await this.#ending.close(this.#sockets);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends the broker; the first reason counts. A closed socket is no failure. */
  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const closed = error instanceof ClosedError && (this.#frontend.closed || this.#backend.closed);
    if (!closed) this.#failure = { error };
    this.#ending.now(error);
  }

  #end(): void {
    this.#reading.abort();
    this.#stop.abort();
    this.#reader.resume();
  }

  /** Ends a broker that was told to stop and has no request left. */
  #endIfIdle(): void {
    if (this.#reading.signal.aborted && this.#waiting.length === 0 && this.#workers.holding === 0) this.#end();
  }

  get #isFull(): boolean {
    return this.#waiting.length >= this.#settings.maxQueued;
  }

  /** Takes a request of a client. */
  #take(message: Message): void {
    if (message.length > mostFrames) {
      this.#count.ignored += 1;
      return;
    }
    const request = new BalancedRequest(message);
    // Without streams the frontend is not read on, so this is the last one.
    if (this.#isFull && this.#relay.size > 0) this.#refuse(request, full(this.#settings.maxQueued));
    else if (!this.#relay.open(request)) this.#refuse(request, openTwice());
    else {
      this.#waiting.push(request);
      this.#dispatch();
    }
  }

  #refuse(request: BalancedRequest, error: MessagingError): void {
    const refusal = request.refusal(error);
    if (refusal === undefined) this.#drop(request.message, error);
    else void this.#track(this.#answer(refusal));
  }

  async #readBackend(): Promise<void> {
    for await (const message of allMessages(this.#backend, this.#stop.signal)) {
      const [id, ...frames] = message;
      const wasEmpty = this.#empty.delete(toKey(id));
      if (isDisconnect(message)) this.#lose(this.#workers.get(id));
      else this.#hear(id, frames, wasEmpty);
      this.#dispatch();
    }
    throw closedError("receive", "backend");
  }

  #hear(id: Buffer, frames: readonly Buffer[], wasEmpty: boolean): void {
    const said = parseWorkerMessage(frames);
    // After an empty message from libzmq, READY comes on a new connection, whose worker holds nothing. An empty message
    // alone means nothing.
    if (wasEmpty && said.type === "ready") this.#lose(this.#workers.get(id));
    else if (wasEmpty && this.#workers.get(id) !== undefined) this.#count.ignored += 1;
    const worker = this.#workers.get(id);
    if (said.type === "empty") this.#empty.add(toKey(id));
    else if (said.type === "ready") this.#workers.announce(id, Math.min(said.credit, this.#settings.credit));
    else if (said.type === "leave") this.#takeBack(worker);
    else if (said.type === "nonsense") this.#count.ignored += 1;
    else {
      const request = worker?.held.get(said.tag);
      if (request === undefined) this.#count.ignored += 1;
      if (request === undefined && this.#relay.stray(id, said)) return;
      // Another broker's worker, or one that was taken for dead. A REQ socket that has replied waits for a request.
      if (worker === undefined) this.#workers.announce(id, 1);
      else if (request !== undefined) this.#takeReply(worker, request, said);
    }
  }

  #takeReply(worker: BalancedWorker, request: BalancedRequest, said: WorkerReply): void {
    const stream = this.#relay.openedBy(request);
    if (stream !== undefined && !this.#relay.fromWorker(stream, said)) return;
    worker.held.delete(said.tag);
    this.#workers.review(worker);
    if (stream === undefined) void this.#track(this.#answer(request.toClient(said)));
    else this.#count.answered += 1;
  }

  /** Gives waiting requests to workers with room. */
  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const worker = this.#workers.next();
      if (worker === undefined) return;
      const request = this.#waiting.shift();
      if (request !== undefined) void this.#track(this.#give(worker, request));
    }
    if (!this.#isFull) this.#reader.resume();
    this.#endIfIdle();
  }

  async #give(worker: BalancedWorker, request: BalancedRequest): Promise<void> {
    const tag = this.#tags.next();
    worker.held.set(tag, request);
    worker.sending = true;
    this.#relay.given(request, worker, tag);
    try {
      await this.#backend.send(request.toWorker(worker.id, tag), { signal: this.#stop.signal, copy: false });
      this.#count.given += 1;
    } catch (error) {
      if (!(error instanceof UnroutableError)) return this.#fail(error);
      // The worker had disconnected before it got the request, so the request did not cause it.
      request.losses -= 1;
      this.#lose(worker);
    }
    worker.sending = false;
    this.#workers.review(worker);
    this.#dispatch();
  }

  /** Handles a worker that disconnected without leave, perhaps because of a request that it held. */
  #lose(worker: BalancedWorker | undefined): void {
    const { maxAttempts } = this.#settings;
    for (const request of this.#takeBack(worker)) {
      request.losses += 1;
      if (request.losses < maxAttempts) continue;
      this.#waiting.splice(this.#waiting.indexOf(request), 1);
      const error = lostTooOften(request, maxAttempts);
      const failure = request.failure(error);
      if (!this.#relay.dropped(request, error) && failure !== undefined) void this.#track(this.#send(failure));
      this.#drop(request.message, error);
    }
  }

  /** Puts the requests of a worker that disconnected or left back in the queue, for others. */
  #takeBack(worker: BalancedWorker | undefined): readonly BalancedRequest[] {
    if (worker === undefined || this.#workers.get(worker.id) !== worker) return [];
    const unanswered = this.#workers.remove(worker).filter((request) => this.#relay.workerLost(request));
    this.#count.takenBack += unanswered.length;
    this.#waiting = [...unanswered, ...this.#waiting];
    return unanswered;
  }

  async #answer(reply: Message): Promise<void> {
    if ((await this.#send(reply)) === undefined) this.#count.answered += 1;
  }

  /** Sends a message to a client. Resolves to the reason why it was dropped. */
  async #send(message: Message): Promise<MessagingError | undefined> {
    try {
      const dropped = await this.#replies.send(message);
      if (dropped !== undefined) this.#drop(message, dropped);
      return dropped;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #drop(message: Message, error: MessagingError): void {
    this.#count.undeliverable += 1;
    tell("onUndeliverable of balance", this.#settings.onUndeliverable, message, error);
  }

  #track<T>(sending: Promise<T>): Promise<T> {
    this.#sends.add(sending);
    void sending.then(() => this.#sends.delete(sending));
    return sending;
  }
}
