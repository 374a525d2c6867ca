/** The client of request and reply. */

import { randomBytes } from "node:crypto";
import { ClosedError, type Message, QueueFullError, type Sendable, TimeoutError } from "@awaitmq/core";
import { longestTimer, Queue } from "@awaitmq/core/internals";
import { Deadlines } from "../../concurrency/deadlines.ts";
import { DisconnectedError } from "../../errors.ts";
import { ownFrames } from "../../message/own-frames.ts";
import { Sending } from "../../message/sending.ts";
import { clientTrace } from "../trace.ts";
import { Budget } from "./budget.ts";
import type { Attempt, Call } from "./call.ts";
import {
  type CheckedClientOptions,
  type ClientStats,
  checkClientOptions,
  checkRequestOptions,
  type RequestClientOptions,
  type RequestOptions,
} from "./client-options.ts";
import type { Link, LinkOwner } from "./link.ts";
import { Links } from "./links.ts";
import { Retries } from "./retries.ts";

/** Milliseconds for which a link is avoided whose server refused a request, did not answer in time, or was slower than the one asked after it. */
const avoidance = 200;
const defaultOptions: RequestOptions = {};
const noAttempts: Call["attempts"] = [];

/**
 * Asks servers that are equal to each other, and spreads its calls over those that are there: each goes to the one with the fewest
 * in flight. Any number of calls may run at once. Servers are `serve`, or plain REP and ROUTER sockets in any language that give the
 * envelope back.
 */
export class RequestClient implements AsyncDisposable {
  readonly #options: CheckedClientOptions;
  readonly #links: Links;
  readonly #attempts = new Map<number, Attempt>();
  readonly #calls = new Set<Call>();
  /** Calls that wait for a server, oldest first. */
  readonly #waiting = new Queue<Call>();
  readonly #deadlines = new Deadlines(this.#calls, (call) => this.#expire(call));
  readonly #retries: Retries;
  readonly #hedges: Budget;
  #isProceeding = false;
  #nextRequest = 0;
  #closing: Promise<void> | undefined;
  readonly #count = { succeeded: 0, failed: 0, retried: 0, hedged: 0, late: 0, invalid: 0 };

  /** @throws TypeError, RangeError for wrong options, AddressError for a wrong endpoint */
  constructor(options: RequestClientOptions) {
    this.#options = checkClientOptions(options);
    this.#retries = new Retries(this.#options.retry);
    this.#hedges = new Budget(this.#options.hedge?.budget ?? 0);
    const { endpoints, socket } = this.#options;
    const client = randomBytes(4).readUInt32BE();
    this.#links = new Links(endpoints, socket, client, this.#owner, () => this.#calls.size === 0);
  }

  get stats(): ClientStats {
    return { inFlight: this.#attempts.size, waiting: this.#waiting.size, ...this.#count };
  }

  /**
   * Sends a request and resolves to the frames of its reply. It settles by its deadline, whatever the servers do.
   *
   * It is sent again, within the budget, if a server refused it, or, when it is `idempotent`, if a server went away or gave no answer.
   *
   * @throws RemoteError when the handler threw; TimeoutError at the deadline; DisconnectedError when the server went away and it is
   * unknown whether it handled the request; OverloadedError, UnavailableError when it was refused; QueueFullError when too many
   * calls wait; ClosedError; `signal.reason`; TypeError, RangeError for wrong arguments
   */
  request(message: Sendable, options: RequestOptions = defaultOptions): Promise<Message> {
    if (this.#closing !== undefined) return Promise.reject(this.#closedError());
    let frames: Call["frames"];
    try {
      if (options !== defaultOptions) checkRequestOptions(options);
      frames = ownFrames(message);
    } catch (error) {
      return Promise.reject(error);
    }
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const timeout = options.timeout ?? this.#options.timeout;
    this.#retries.earn();
    this.#hedges.earn();
    return new Promise((resolvePlain, rejectPlain) => {
      const { resolve, reject } = clientTrace.follow(message, resolvePlain, rejectPlain);
      const call: Call = {
        frames,
        idempotent: options.idempotent === true,
        priority: options.priority ?? 0,
        timeout,
        deadline: performance.now() + timeout,
        resolve,
        reject,
        attempts: noAttempts,
        made: 0,
        moved: false,
        last: undefined,
        waits: false,
        previous: undefined,
        next: undefined,
        timers: undefined,
        settled: false,
        release: nothing,
      };
      this.#calls.add(call);
      this.#links.use();
      this.#deadlines.watch(call);
      if (signal !== undefined) {
        const abort = () => this.#reject(call, signal.reason);
        signal.addEventListener("abort", abort);
        call.release = () => signal.removeEventListener("abort", abort);
      }
      this.#try(call);
    });
  }

  /** Rejects all calls with `ClosedError` and closes the sockets, by which the servers learn that nobody waits any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const call of this.#calls) this.#reject(call, this.#closedError());
    this.#deadlines.clear();
    await this.#links.close();
  }

  /** Sends a request by the best link, or has it wait for one. */
  #try(call: Call): void {
    const link = this.#choose(call);
    if (link === undefined) this.#wait(call);
    else this.#send(call, link);
  }

  #choose(call: Call): Link | undefined {
    if (this.#attempts.size >= this.#options.maxInFlight) return undefined;
    return this.#links.choose(call.last, this.#calls.size);
  }

  #send(call: Call, link: Link): void {
    const request = this.#nextRequest;
    this.#nextRequest = (request + 1) >>> 0;
    const attempt: Attempt = { call, link, request, session: link.connection.session, sending: new Sending() };
    this.#attempts.set(request, attempt);
    call.attempts = call.attempts.length === 0 ? [attempt] : [...call.attempts, attempt];
    call.made += 1;
    call.last = link;
    link.send(attempt, (error) => {
      if (!(error instanceof TimeoutError)) this.#attemptFailed(attempt, error, true);
    });
    if (call.idempotent) this.#watch(attempt);
  }

  /** Sees to an attempt that takes too long. */
  #watch(attempt: Attempt): void {
    const { call, link } = attempt;
    const { retry, hedge } = this.#options;
    const { attemptTimeout } = retry;
    if (hedge !== undefined && call.made === 1) this.#after(call, hedge.after, () => this.#hedge(call));
    if (attemptTimeout === Number.POSITIVE_INFINITY) return;
    this.#after(call, attemptTimeout, () => {
      const error = new TimeoutError(`No reply from ${link.endpoint} within ${attemptTimeout} ms`);
      this.#attemptFailed(attempt, error, false);
    });
  }

  #wait(call: Call): void {
    const { maxPending, maxInFlight } = this.#options;
    if (this.#waiting.size >= (this.#links.areWaking ? maxPending + maxInFlight : maxPending)) {
      this.#reject(call, new QueueFullError(`Cannot send a request: ${this.#waiting.size} wait already (maxPending)`));
      return;
    }
    call.waits = true;
    this.#waiting.push(call);
  }

  /** In a moment: who ends a call may be about to end those that wait too. */
  #proceedSoon(): void {
    if (this.#isProceeding) return;
    this.#isProceeding = true;
    queueMicrotask(() => {
      this.#isProceeding = false;
      this.#proceed();
    });
  }

  /** Sends what waits, as far as that goes. */
  #proceed(): void {
    for (let call = this.#waiting.first; call !== undefined; call = this.#waiting.first) {
      const link = this.#choose(call);
      if (link === undefined) return;
      this.#leaveQueue(call);
      this.#send(call, link);
    }
  }

  #leaveQueue(call: Call): void {
    call.waits = false;
    this.#waiting.remove(call);
  }

  #hedge(call: Call): void {
    if (call.attempts.length !== 1 || call.made >= this.#options.retry.attempts || this.#links.count < 2) return;
    const link = this.#choose(call);
    if (link === undefined || link === call.last) return;
    if (!this.#hedges.spend()) return;
    this.#count.hedged += 1;
    this.#send(call, link);
  }

  #attemptFailed(attempt: Attempt, error: Error, notBegun: boolean): void {
    const { call, link } = attempt;
    if (!this.#end(attempt, !notBegun)) return;
    // Another attempt may still be answered.
    if (call.attempts.length > 0) return;
    const delay = this.#retries.delay(call, error, notBegun);
    if (delay === undefined) {
      this.#reject(call, error);
      return;
    }
    avoid(link);
    this.#count.retried += 1;
    this.#after(call, delay, () => this.#try(call));
  }

  /** False if it had ended before. */
  #end(attempt: Attempt, cancel: boolean): boolean {
    if (!this.#attempts.delete(attempt.request)) return false;
    const { call } = attempt;
    call.attempts = call.attempts.length === 1 ? noAttempts : call.attempts.filter((other) => other !== attempt);
    attempt.link.end(attempt, cancel);
    if (this.#waiting.size > 0) this.#proceedSoon();
    return true;
  }

  readonly #owner: LinkOwner = {
    opened: () => this.#proceed(),
    replied: (link, request, body) => {
      const attempt = this.#find(link, request);
      if (attempt === undefined) return;
      this.#end(attempt, false);
      for (const slower of attempt.call.attempts) avoid(slower.link);
      this.#settle(attempt.call);
      this.#count.succeeded += 1;
      attempt.call.resolve(body);
    },
    failed: (link, request, error, refused) => {
      const attempt = this.#find(link, request);
      if (attempt === undefined) return;
      if (refused) this.#attemptFailed(attempt, error, true);
      else {
        this.#end(attempt, false);
        this.#reject(attempt.call, error);
      }
    },
    lost: (link, session) => {
      for (const attempt of this.#attempts.values()) {
        if (attempt.link !== link || attempt.session > session) continue;
        const error = new DisconnectedError(`The server at ${link.endpoint} went away before it answered`);
        this.#attemptFailed(attempt, error, false);
      }
    },
    invalid: () => {
      this.#count.invalid += 1;
    },
  };

  #find(link: Link, request: number): Attempt | undefined {
    const attempt = this.#attempts.get(request);
    if (attempt?.link === link) {
      link.connection.heard(attempt.session);
      return attempt;
    }
    this.#count.late += 1;
    return undefined;
  }

  #reject(call: Call, error: unknown): void {
    if (call.settled) return;
    this.#settle(call);
    this.#count.failed += 1;
    call.reject(error);
  }

  #expire(call: Call): void {
    for (const { link } of call.attempts) avoid(link);
    this.#reject(call, this.#timeoutError(call));
  }

  #settle(call: Call): void {
    call.settled = true;
    call.release();
    if (call.timers !== undefined) for (const timer of call.timers) clearTimeout(timer);
    this.#calls.delete(call);
    if (call.waits) this.#leaveQueue(call);
    for (const attempt of call.attempts) this.#end(attempt, true);
  }

  /** Longer delays than a timer keeps are for ever: the call ends before. */
  #after(call: Call, delay: number, action: () => void): void {
    if (delay > longestTimer) return;
    const timer = setTimeout(() => {
      call.timers?.delete(timer);
      if (!call.settled) action();
    }, delay);
    call.timers ??= new Set();
    call.timers.add(timer);
  }

  #timeoutError({ timeout }: Call): TimeoutError {
    const cause = this.#links.handshakeError;
    return new TimeoutError(`No reply within ${timeout} ms`, cause === undefined ? undefined : { cause });
  }

  #closedError(): ClosedError {
    return new ClosedError("Cannot send a request: the client is closed");
  }
}

function avoid(link: Link): void {
  link.avoidUntil = performance.now() + avoidance;
}

function nothing(): void {}
