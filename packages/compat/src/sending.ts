/** Sending in the order of the calls: at once where libzmq takes the message, else from a queue. */

import type { EventEmitter } from "node:events";
import { internals } from "@awaitmq/core/internals";
import { classicError, closedError, systemError } from "./errors.ts";
import type { Callback, Handlers } from "./handlers.ts";
import type { AnySocket } from "./option-kinds.ts";
import { type Batch, Outgoing } from "./outgoing.ts";
import type { Standing } from "./standing.ts";

/** Messages that one turn of the event loop hands to libzmq from inside `send`; the others follow it. */
const longestBurst = 64;
/** Types that drop what nobody can get, and so need no endpoint to send. */
const droppers = new Set(["pub", "xpub", "router", "xrep", "stream"]);

export class Sending {
  /** Messages that may wait, 1 or more. */
  maxPending = 1_000_000;
  readonly #emitter: EventEmitter & { readonly type: string };
  readonly #handlers: Handlers;
  readonly #standing: Standing;
  readonly #outbox: AnySocket[typeof internals]["outbox"];
  readonly #sends: boolean;
  readonly #outgoing = new Outgoing();
  #flushing = false;
  /** Aborted to have the message back that core is trying to send. */
  #recall = new AbortController();
  /** The delivery of the message that core is trying to send, or of the last one. */
  #inHand: Promise<void> = Promise.resolve();
  /** What was sent from inside `send` in this turn of the event loop. */
  #burst = 0;
  /** Messages that were lost with the closed socket. */
  #lost = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    emitter: EventEmitter & { readonly type: string },
    socket: AnySocket,
    handlers: Handlers,
    standing: Standing,
  ) {
    this.#emitter = emitter;
    this.#handlers = handlers;
    this.#standing = standing;
    this.#outbox = socket[internals].outbox;
    this.#sends = "send" in socket;
  }

  /** With `more` the message goes on in the next call. */
  send(frames: readonly unknown[], more: boolean, callback: Callback | undefined): void {
    if (this.#standing.closed) {
      this.#fail({ frames: [], callbacks: callback }, closedError());
      return;
    }
    if (frames.length === 0) {
      if (callback !== undefined) this.#handlers.callBack(callback);
      return;
    }
    const batch = this.#outgoing.complete(frames, more, callback);
    if (batch === undefined) return;
    if (!this.#sends) this.#fail(batch, systemError("ENOTSUP"));
    else if (!this.#sendNow(batch)) this.#queue(batch);
  }

  /** Sends what waits, in order, as fast as libzmq takes it. To be called whenever the standing changed. */
  async flush(): Promise<void> {
    if (this.#flushing) {
      if (!this.#mayFlush && !this.#standing.closed) this.#takeBack();
      return;
    }
    this.#flushing = true;
    while (this.#mayFlush) {
      const batch = this.#outgoing.shift();
      if (batch === undefined) break;
      this.#inHand = this.#deliver(batch);
      await this.#inHand;
    }
    this.#flushing = false;
  }

  /** See {@link Outgoing.keepApart}. */
  keepApart(): void {
    this.#takeBack();
    this.#outgoing.keepApart();
  }

  /** Hands all that waits to core, which then closes the socket by `close`. */
  close(close: () => Promise<void>): Promise<void> {
    const open = this.#outgoing.takeOpen();
    for (let batch = this.#outgoing.shift(); batch !== undefined; batch = this.#outgoing.shift())
      this.#inHand = this.#deliver(batch, this.#inHand);
    this.#ended = close();
    if (open !== undefined) void this.#inHand.then(() => this.#fail(open, closedError()));
    return this.#ended;
  }

  get #mayFlush(): boolean {
    const { paused, busy, endpoints } = this.#standing;
    return !paused && busy === 0 && (endpoints > 0 || droppers.has(this.#emitter.type));
  }

  /** Hands a message to libzmq before this returns, if it takes it. */
  #sendNow(batch: Batch): boolean {
    if (this.#standing.paused || this.#standing.busy > 0) return false;
    if (this.#outgoing.size > 0 || this.#flushing || !this.#outbox.idle) return false;
    if (this.#burst === 0) setImmediate(() => (this.#burst = 0));
    if (++this.#burst > longestBurst) return false;
    try {
      if (!this.#outbox.sendNow(batch.frames)) return false;
    } catch (error) {
      this.#fail(batch, classicError(error));
      return true;
    }
    this.#succeed(batch);
    return true;
  }

  #queue(batch: Batch): void {
    if (this.#outgoing.size >= this.maxPending) {
      this.#fail(batch, systemError("ENOBUFS"));
      return;
    }
    this.#outgoing.push(batch);
    void this.flush();
  }

  #takeBack(): void {
    this.#recall.abort();
    this.#recall = new AbortController();
  }

  /** Tells the outcome after that of the message `before`. */
  async #deliver(batch: Batch, before?: Promise<void>): Promise<void> {
    const { signal } = this.#recall;
    const sent = this.#outbox.send(batch.frames, { copy: false, signal });
    try {
      if (before !== undefined) await Promise.allSettled([sent, before]);
      await sent;
    } catch (error) {
      const isBack = signal.aborted && error === signal.reason;
      // Closed since: then the queue was handed over without it.
      if (isBack && !this.#standing.closed) this.#outgoing.unshift(batch);
      else this.#fail(batch, isBack ? closedError() : classicError(error), true);
      return;
    }
    this.#succeed(batch);
  }

  #succeed({ callbacks }: Batch): void {
    if (callbacks === undefined) return;
    if (typeof callbacks === "function") this.#handlers.callBack(callbacks);
    else for (const callback of callbacks) this.#handlers.callBack(callback);
  }

  #fail({ callbacks }: Batch, error: Error, later = false): void {
    if (callbacks === undefined || (Array.isArray(callbacks) && callbacks.length === 0)) {
      if (this.#standing.closed) this.#warn();
      else if (later) this.#handlers.raise(error);
      else this.#emitter.emit("error", error);
    } else if (typeof callbacks === "function") this.#handlers.callBack(callbacks, error);
    else for (const callback of callbacks) this.#handlers.callBack(callback, error);
  }

  /** Messages that are lost with a closed socket, and whose sender asked for no callback, make one warning. */
  #warn(): void {
    this.#lost += 1;
    if (this.#lost > 1) return;
    const warn = () => {
      process.emitWarning(`A closed ${this.#emitter.type} socket did not send ${this.#lost} of its messages`);
      this.#lost = 0;
    };
    void this.#ended.then(() => setTimeout(warn));
  }
}
