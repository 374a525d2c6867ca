/** The calls of a client: which link each uses, which ones wait, which are retried, and how each ends. */

import { randomBytes } from "node:crypto";
import { type Message, TimeoutError } from "@awaitmq/core";
import { onGivingUp, raise, TransientSet } from "@awaitmq/core/internals";
import { Deadlines } from "../../concurrency/deadlines.ts";
import { DisconnectedError, EnvelopeError } from "../../errors.ts";
import { endsStream } from "../../wire/envelope.ts";
import { Attempts } from "./attempts.ts";
import { Budget } from "./budget.ts";
import { type Attempt, after, type Call, type CallRequest, clearTimers, newCall } from "./call.ts";
import { cannotStream } from "./cannot-stream.ts";
import type { CheckedClientOptions, ClientStats } from "./client-options.ts";
import type { Link } from "./link.ts";
import type { LinkOwner } from "./link-owner.ts";
import { Links } from "./links.ts";
import { ReadyWaits } from "./ready-waits.ts";
import { Retries } from "./retries.ts";
import type { StreamCall } from "./stream-call.ts";
import { WaitingCalls } from "./waiting-calls.ts";
import { watchAttempt } from "./watch-attempt.ts";
import { noItem, noReply, notConnected, notEnded, refused } from "./why-no-reply.ts";

export class Calls {
  readonly links: Links;
  readonly ready: ReadyWaits;
  readonly #options: CheckedClientOptions;
  readonly #attempts = new Attempts(() => this.#waiting.proceedSoon());
  readonly #calls = new TransientSet<Call>();
  readonly #waiting: WaitingCalls;
  readonly #deadlines = new Deadlines(this.#calls, (call) => this.#expire(call));
  readonly #retries: Retries;
  readonly #hedges: Budget;
  readonly #count = { succeeded: 0, failed: 0, retried: 0, hedged: 0, invalid: 0 };

  constructor(options: CheckedClientOptions) {
    this.#options = options;
    this.#retries = new Retries(options.retry);
    this.#hedges = new Budget(options.hedge?.budget ?? 0);
    const client = randomBytes(4).readUInt32BE();
    const isIdle = () => this.#calls.size === 0 && this.ready.size === 0 && this.#attempts.leaving.size === 0;
    this.links = new Links(options.socket, client, this.#owner, isIdle);
    this.ready = new ReadyWaits(this.links);
    this.#waiting = new WaitingCalls(options, this.links, {
      choose: (call) => this.#choose(call),
      send: (call, link) => this.#send(call, link),
      reject: (call, error) => this.#reject(call, error),
    });
  }

  get stats(): ClientStats {
    const { size: inFlight, late } = this.#attempts;
    return { inFlight, waiting: this.#waiting.size, late, ...this.#count };
  }

  begin(request: CallRequest): Promise<Message> {
    return new Promise((resolve) => void this.#begin(request, undefined, resolve as Call["resolve"]));
  }

  /** Begins a streaming call. Returns the function that leaves it. */
  stream(request: CallRequest, stream: StreamCall): () => void {
    const settle: Call["resolve"] = (outcome) => stream.settle(outcome instanceof Promise ? outcome : undefined);
    const call = this.#begin(request, stream, settle);
    const fail = (error: unknown) => {
      if (this.#calls.has(call)) this.#fail(call, error, Promise.reject(error));
    };
    const leave = () => {
      if (this.#calls.has(call)) this.#succeed(call, undefined);
    };
    const idle = () => {
      const error = noItem(stream.settings.idleTimeout);
      if (this.#calls.has(call)) this.#giveUp(call, error);
      else stream.replies.giveUp(() => raise(error));
    };
    stream.owner = { idle, left: leave, failed: fail };
    return leave;
  }

  #begin(request: CallRequest, stream: StreamCall | undefined, resolve: Call["resolve"]): Call {
    const { signal } = request.options;
    this.#retries.earn();
    this.#hedges.earn();
    const call = newCall(request, this.#options, stream, resolve);
    this.#calls.add(call);
    this.links.use();
    this.#deadlines.watch(call);
    if (signal !== undefined) call.release = onGivingUp({ signal }, (reason) => this.#abort(call, reason), nothing);
    this.#try(call);
    return call;
  }

  /** Rejects all calls with `signal.reason` or with a new error each, and closes the links. */
  async close(error: (stream: boolean) => Error, signal: AbortSignal | undefined): Promise<void> {
    for (const call of this.#calls) {
      if (signal?.aborted) this.#abort(call, signal.reason);
      else this.#giveUp(call, error(call.stream !== undefined));
    }
    this.#deadlines.clear();
    this.#attempts.leaving.clear();
    await this.links.close();
  }

  /** Sends a request by the best link, or lets it wait for one. */
  #try(call: Call): void {
    const link = this.#choose(call);
    if (link === undefined) this.#waiting.add(call);
    else this.#send(call, link);
  }

  #choose(call: Call): Link | undefined {
    if (this.#attempts.held >= this.#options.maxInFlight) return undefined;
    return this.links.choose(call.last, this.#calls.size);
  }

  #send(call: Call, link: Link): void {
    const { server } = link;
    if (call.stream !== undefined && (server === "plain" || server === "proxied")) {
      this.#reject(call, cannotStream(link.endpoint, server));
      return;
    }
    const attempt = this.#attempts.add(call, link);
    link.send(attempt, (error) => {
      this.#attempts.leaving.unsent(attempt.request);
      if (!(error instanceof TimeoutError)) this.#attemptFailed(attempt, error, true);
    });
    if (call.idempotent)
      watchAttempt(
        attempt,
        this.#options,
        () => this.#hedge(call),
        (error) => this.#attemptFailed(attempt, error, false),
      );
  }

  #hedge(call: Call): void {
    if (call.attempts.length !== 1 || call.made >= this.#options.retry.attempts || this.links.count < 2) return;
    const link = this.#choose(call);
    if (link === undefined || link === call.last) return;
    if (!this.#hedges.spend()) return;
    this.#count.hedged += 1;
    this.#send(call, link);
  }

  #attemptFailed(attempt: Attempt, error: Error, notBegun: boolean): void {
    const { call, link } = attempt;
    if (!this.#end(attempt, !notBegun, false)) return;
    // Another attempt may still get a reply.
    if (call.attempts.length > 0) return;
    const delay = this.#retries.delay(call, error, notBegun);
    if (delay === undefined) {
      this.#reject(call, error);
      return;
    }
    link.avoid();
    this.#count.retried += 1;
    after(call, delay, () => this.#try(call));
  }

  /** False if it had already ended. */
  #end(attempt: Attempt, cancel: boolean, isOver = true): boolean {
    if (!this.#attempts.end(attempt, cancel, isOver)) return false;
    this.#waiting.proceedSoon();
    return true;
  }

  readonly #owner: LinkOwner<Link> = {
    opened: () => {
      this.ready.check();
      this.#waiting.proceed();
    },
    closed: () => this.#waiting.rejectAll((call) => (call.waitsForServer ? undefined : notConnected())),
    refused: () => {
      this.ready.checkRefusals();
      const refusal = this.links.refusal(this.links.count);
      if (refusal !== undefined) this.#waiting.rejectAll(() => refused(refusal));
    },
    replied: (link, request, body) => {
      const attempt = this.#attempts.find(link, request, true);
      if (attempt === undefined) return;
      const { call } = attempt;
      if (call.stream !== undefined && call.stream.replies.received > 0)
        throw new EnvelopeError("The server sent a reply after items of the same call");
      this.#end(attempt, false);
      for (const slower of call.attempts) slower.link.avoid();
      call.stream?.replies.takeOnly(body);
      // A reply that cannot be read has ended the call.
      if (call.stream === undefined || this.#calls.has(call)) this.#succeed(call, body);
    },
    streamed: (link, request, type, flags, position, body) => {
      const attempt = this.#attempts.find(link, request, endsStream(type, flags));
      if (attempt === undefined) return;
      const { call } = attempt;
      attempt.isAccepted = true;
      try {
        if (call.stream === undefined) throw new EnvelopeError("The server streams replies to a plain request");
        call.stream.take(type, flags, position, body);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        this.#reject(call, error);
        return;
      }
      if (!call.stream.replies.isEnded) {
        if (call.stream.hasBegun) clearTimers(call);
        return;
      }
      this.#end(attempt, false);
      if (this.#calls.has(call)) this.#succeed(call, undefined);
    },
    failed: (link, request, error, isRefused) => {
      const attempt = this.#attempts.find(link, request, true);
      if (attempt === undefined) return;
      if (isRefused) this.#attemptFailed(attempt, error, true);
      else {
        const { call } = attempt;
        // The server's clock was first.
        const isOverdue = error instanceof TimeoutError && call.timeout !== Number.POSITIVE_INFINITY;
        const reason = isOverdue ? this.#overdue(call) : call.explain(error);
        this.#end(attempt, false);
        if (isOverdue) this.#giveUp(call, reason);
        else this.#reject(call, reason);
      }
    },
    broken: (link, request, error) => {
      const attempt = this.#attempts.find(link, request, true);
      if (attempt === undefined) return;
      // The server of a stream may go on with it, and is notified.
      if (attempt.call.stream === undefined) this.#end(attempt, false);
      this.#reject(attempt.call, error);
    },
    lost: (link, session) => {
      this.#attempts.leaving.lost(link, session);
      for (const attempt of this.#attempts.of(link, session)) {
        const before = attempt.call.stream?.hasBegun ? "the stream ended" : "it answered";
        const error = new DisconnectedError(`The server at ${link.endpoint} disconnected before ${before}`);
        this.#attemptFailed(attempt, error, false);
      }
    },
    invalid: () => {
      this.#count.invalid += 1;
    },
  };

  /** The stack of the error will show the functions that await the call. */
  #reject(call: Call, error: Error): void {
    if (this.#calls.has(call)) this.#fail(call, error, raise(error));
  }

  #abort(call: Call, reason: unknown): void {
    call.stream?.replies.drop();
    this.#fail(call, reason, Promise.reject(reason));
  }

  #fail(call: Call, error: unknown, rejected: Promise<never>): void {
    this.#settle(call);
    this.#count.failed += 1;
    call.told?.({ error });
    call.resolve(rejected);
  }

  #succeed(call: Call, reply: Message | undefined): void {
    this.#settle(call);
    this.#count.succeeded += 1;
    call.told?.();
    call.resolve(reply);
  }

  /** Rejects a call at once: a stream drops items that wait. */
  #giveUp(call: Call, error: Error): void {
    call.stream?.replies.drop();
    this.#reject(call, error);
  }

  #expire(call: Call): void {
    for (const { link } of call.attempts) link.avoid();
    this.#giveUp(call, this.#overdue(call));
  }

  #overdue(call: Call): TimeoutError {
    if (call.stream?.hasBegun) return notEnded(call.timeout);
    const { held, leaving } = this.#attempts;
    return noReply(call, this.links.all, held < this.#options.maxInFlight ? undefined : { held, left: leaving.held });
  }

  #settle(call: Call): void {
    call.release();
    clearTimers(call);
    this.#calls.delete(call);
    this.#waiting.remove(call);
    for (const attempt of call.attempts) this.#end(attempt, true);
  }
}

function nothing(): void {}
