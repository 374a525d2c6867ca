/** A broker that gives requests to the workers that have asked for them. */

import { setMaxListeners } from "node:events";
import {
  ClosedError,
  type Message,
  type MessagingError,
  QueueFullError,
  Router,
  TimeoutError,
  UnroutableError,
} from "@awaitmq/core";
import { checkOptions, internals } from "@awaitmq/core/internals";
import { checkAbortSignal, checkCount, checkFunction, checkMilliseconds } from "../concurrency/check.ts";
import { claim } from "../concurrency/claim.ts";
import { announceDisconnects, isDisconnect } from "../message/disconnect-message.ts";
import { BalancedRequest, parseWorkerMessage, Tags } from "./balance-protocol.ts";
import { type BalancedWorker, BalancedWorkers } from "./balanced-workers.ts";

/** The bounds of a broker, and what ends it. */
export interface BalanceOptions {
  /** Requests that wait for a worker, a whole number, 1 or more. Past it the frontend is not read. @default 1_000 */
  readonly queue?: number | undefined;
  /** The most requests that a worker may hold, whatever it announces, a whole number, 1 or more. @default 1_000 */
  readonly credit?: number | undefined;
  /**
   * Milliseconds, 0 or more, that a reply may wait for a client whose queue is full because it does not read; then the reply is
   * dropped. @default 5_000
   */
  readonly replyTimeout?: number | undefined;
  /** Told of a reply that was dropped: its client is gone, or did not read for too long. */
  readonly onUndeliverable?: ((reply: Message, error: MessagingError) => void) | undefined;
  /** Ends the broker. */
  readonly signal?: AbortSignal | undefined;
}

const names = { queue: true, credit: true, replyTimeout: true, onUndeliverable: true, signal: true } as const;

/** What a broker did. */
export interface BalanceCount {
  /** Requests given to workers, those given once more included. */
  readonly given: number;
  /** Replies that reached the queues of their clients. */
  readonly answered: number;
  /** Requests taken back from workers that were gone. */
  readonly takenBack: number;
  /** Replies that were dropped. */
  readonly undeliverable: number;
  /** Messages of workers that were no reply to what they held, and were dropped. */
  readonly ignored: number;
}

/**
 * Gives each request that arrives on `frontend` to a worker on `backend` that has room for it, the least recently used first, and
 * the reply back to its client. Clients are REQ sockets, or DEALERs, also behind proxies. Workers run `serveBalanced` or speak
 * docs/protocols/balance.md, as a REQ worker does that sends READY first.
 *
 * When a worker is gone, what it had not answered is given to others: a request may be worked on twice, but is answered at most once.
 * Call this before the backend is bound: libzmq tells of dead workers only on endpoints that are bound or connected later. On earlier ones,
 * and where libzmq is built without draft options, a dead worker is found when it is to get its next request; what it holds waits
 * until then, for ever if that is all it may hold. Leave `handover` of the backend off, and the routing ids of workers to libzmq: a worker with one of its
 * own that is back before its former connection has ended is ignored by libzmq.
 *
 * Resolves when either socket closes; rejects with `signal.reason` when aborted, or with what a socket failed by; at the latest
 * `replyTimeout` after that. The sockets stay open. Requests without an answer go back to the frontend, if that is open, for its next reader. What
 * workers answer to them later is dropped, and idle workers are known to a next `balance` only when they announce themselves again.
 * Nothing else may read from the sockets meanwhile.
 *
 * @throws TypeError, RangeError, InUseError, ClosedError
 */
export async function balance(frontend: Router, backend: Router, options: BalanceOptions = {}): Promise<BalanceCount> {
  if (!(frontend instanceof Router && backend instanceof Router)) throw new TypeError("balance takes two Routers");
  checkOptions("balance", options, names);
  const { queue = 1_000, credit = 1_000, replyTimeout = 5_000, onUndeliverable, signal } = options;
  checkCount("queue", queue, 1);
  checkCount("credit", credit, 1);
  checkMilliseconds("replyTimeout", replyTimeout);
  if (onUndeliverable !== undefined) checkFunction("onUndeliverable", onUndeliverable);
  checkAbortSignal(signal);
  if (!backend.mandatory) throw new TypeError("balance needs a backend with mandatory: true, got false");
  signal?.throwIfAborted();

  if (frontend === backend) throw new TypeError("balance takes two Routers, got one twice");
  const releases = claimBoth(frontend, backend);
  announceDisconnects(backend);
  const broker = new Broker(frontend, backend, { queue, credit, replyTimeout, onUndeliverable });
  const abort = () => broker.fail(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await broker.run();
  } finally {
    signal?.removeEventListener("abort", abort);
    for (const release of releases) release();
  }
}

/** @throws InUseError, ClosedError; then neither is claimed */
function claimBoth(frontend: Router, backend: Router): (() => void)[] {
  const release = claim(frontend, "balance");
  try {
    return [release, claim(backend, "balance")];
  } catch (error) {
    release();
    throw error;
  }
}

interface Settings {
  readonly queue: number;
  readonly credit: number;
  readonly replyTimeout: number;
  readonly onUndeliverable: BalanceOptions["onUndeliverable"];
}

class Broker {
  readonly #frontend: Router;
  readonly #backend: Router;
  readonly #settings: Settings;
  readonly #workers = new BalancedWorkers();
  readonly #tags = new Tags();
  readonly #stop = new AbortController();
  readonly #count = { given: 0, answered: 0, takenBack: 0, undeliverable: 0, ignored: 0 };
  /** Requests that no worker has, oldest first. */
  #waiting: BalancedRequest[] = [];
  /** Goes on reading the frontend, which waits. */
  #resume: (() => void) | undefined;
  readonly #sends = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(frontend: Router, backend: Router, settings: Settings) {
    this.#frontend = frontend;
    this.#backend = backend;
    this.#settings = settings;
    setMaxListeners(0, this.#stop.signal);
  }

  async run(): Promise<BalanceCount> {
    const failed = (error: unknown) => this.fail(error);
    await Promise.all([this.#readFrontend().catch(failed), this.#readBackend().catch(failed)]);
    while (this.#sends.size > 0) await Promise.all(this.#sends);
    const unanswered = [...this.#workers.held, ...this.#waiting];
    if (unanswered.length > 0) this.#frontend[internals].inbox.putBack(unanswered.map(({ message }) => message));
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#count;
  }

  /** Ends it all; the first reason counts. One of the two sockets having been closed is no failure. */
  fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const closed = error instanceof ClosedError && (this.#frontend.closed || this.#backend.closed);
    if (!closed) this.#failure = { error };
    this.#end();
  }

  #end(): void {
    this.#stop.abort();
    this.#resume?.();
  }

  async #readFrontend(): Promise<void> {
    const { signal } = this.#stop;
    this.#frontend[internals].closing.addEventListener("abort", () => this.#resume?.(), { signal });
    for await (const message of this.#frontend.messages({ signal })) {
      if (isDisconnect(message)) continue;
      this.#waiting.push(new BalancedRequest(message));
      this.#dispatch();
      while (this.#waiting.length >= this.#settings.queue && !signal.aborted && !this.#frontend.closed)
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
    }
    this.#end();
  }

  async #readBackend(): Promise<void> {
    for await (const message of this.#backend.messages({ signal: this.#stop.signal })) {
      const [id, ...frames] = message;
      if (isDisconnect(message)) this.#retire(this.#workers.get(id));
      else this.#hear(id, frames);
      this.#dispatch();
    }
    this.#end();
  }

  #hear(id: Buffer, frames: readonly Buffer[]): void {
    const worker = this.#workers.get(id);
    const said = parseWorkerMessage(frames);
    if (said.type === "ready") this.#workers.announce(id, Math.min(said.credit, this.#settings.credit));
    else if (said.type === "leave") this.#retire(worker);
    else if (said.type === "nonsense") this.#count.ignored += 1;
    else {
      const request = worker?.held.get(said.tag);
      if (request === undefined) this.#count.ignored += 1;
      // Another broker's worker, or one that was thought dead: a REQ socket that has replied waits for a request.
      if (worker === undefined) this.#workers.announce(id, 1);
      else if (request !== undefined) {
        worker.held.delete(said.tag);
        this.#workers.review(worker);
        this.#track(this.#answer(request.toClient(said.body)));
      }
    }
  }

  /** Gives what waits to those that are ready. */
  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const worker = this.#workers.next();
      if (worker === undefined) return;
      const request = this.#waiting.shift();
      if (request !== undefined) this.#track(this.#give(worker, request));
    }
    if (this.#waiting.length < this.#settings.queue) this.#resume?.();
  }

  async #give(worker: BalancedWorker, request: BalancedRequest): Promise<void> {
    const tag = this.#tags.next();
    worker.held.set(tag, request);
    worker.sending = true;
    try {
      await this.#backend.send(request.toWorker(worker.id, tag), { signal: this.#stop.signal, copy: false });
      this.#count.given += 1;
    } catch (error) {
      if (!(error instanceof UnroutableError)) return this.fail(error);
      this.#retire(worker);
    }
    worker.sending = false;
    this.#workers.review(worker);
    this.#dispatch();
  }

  #retire(worker: BalancedWorker | undefined): void {
    if (worker === undefined || this.#workers.get(worker.id) !== worker) return;
    const unanswered = this.#workers.remove(worker);
    this.#count.takenBack += unanswered.length;
    this.#waiting = [...unanswered, ...this.#waiting];
  }

  async #answer(reply: Message): Promise<void> {
    try {
      await this.#frontend.send(reply, { timeout: this.#settings.replyTimeout, copy: false });
      this.#count.answered += 1;
    } catch (error) {
      if (!isUndeliverable(error)) return this.fail(error);
      this.#count.undeliverable += 1;
      try {
        this.#settings.onUndeliverable?.(reply, error);
      } catch (thrown) {
        this.fail(thrown);
      }
    }
  }

  #track(sending: Promise<void>): void {
    this.#sends.add(sending);
    void sending.then(() => this.#sends.delete(sending));
  }
}

function isUndeliverable(error: unknown): error is MessagingError {
  return error instanceof UnroutableError || error instanceof TimeoutError || error instanceof QueueFullError;
}
