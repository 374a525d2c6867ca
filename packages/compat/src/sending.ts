/** Sending in the order of the calls: at once where libzmq takes the message, else from a queue. */

import type { EventEmitter } from "node:events";
import { internals, isBusy } from "@awaitmq/core/internals";
import type { SocketType } from "./constants.ts";
import { classicError, closedError, systemError } from "./errors.ts";
import { droppers, HandOver } from "./hand-over.ts";
import type { Callback, Handlers } from "./handlers.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import { type Batch, Outgoing } from "./outgoing.ts";
import type { Standing } from "./standing.ts";

/** So many more messages that wait in one turn make it look again whether libzmq has room, and send so many at most. */
const longestBurst = 1_024;

/** Sockets with messages that wait. A process that exits sends of them what libzmq takes, since nothing else will. */
const waiting = new Set<Sending>();
/** Milliseconds that libzmq's threads get at `process.exit()` to send what they were given in as many before. */
const graceForSending = 100;
/** When libzmq took a message last, by `performance.now()`. */
let lastSent = Number.NEGATIVE_INFINITY;
/** Whether the program came to its end by itself: then core has waited already. */
let isOver = false;
let hooked = false;

function hook(): void {
  if (hooked) return;
  hooked = true;
  // Before core closes what a worker thread has.
  process.prependListener("exit", exit);
  process.on("beforeExit", () => {
    isOver = true;
  });
}

function exit(): void {
  for (const sending of waiting) sending.drain();
  if (isOver || performance.now() - lastSent > graceForSending) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, graceForSending);
}

export class Sending {
  /** Messages that may wait, 1 or more. */
  maxPending = 1_000_000;
  readonly #emitter: EventEmitter & { readonly type: SocketType };
  readonly #handlers: Handlers;
  readonly #standing: Standing;
  readonly #outbox: AnySocket[typeof internals]["outbox"];
  readonly #handOver: HandOver;
  readonly #sends: boolean;
  readonly #outgoing = new Outgoing();
  #flushing = false;
  /** Aborted to have the message back that core is trying to send. */
  #recall = new AbortController();
  /** Whether that message has still to come back. */
  #isRecalled = false;
  /** The delivery of the message that core is trying to send, or of the last one. */
  #inHand: Promise<void> = Promise.resolve();
  /** Messages that were lost with the closed socket. */
  #lost = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    emitter: EventEmitter & { readonly type: SocketType },
    socket: AnySocket,
    handlers: Handlers,
    standing: Standing,
  ) {
    this.#emitter = emitter;
    this.#handlers = handlers;
    this.#standing = standing;
    this.#outbox = socket[internals].outbox;
    this.#handOver = new HandOver(emitter.type, socket);
    this.#sends = "send" in socket;
    hook();
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
    else if (this.#outgoing.size > 0 || this.#flushing || !this.#sendNow(batch)) this.#queue(batch);
  }

  /** Sends what waits, in order, as fast as libzmq takes it. To be called whenever the standing changed. */
  async flush(): Promise<void> {
    if (this.#mayFlush) this.drain(longestBurst);
    else if (this.#flushing && !this.#standing.closed) this.#takeBack();
    if (!this.#flushing && this.#outgoing.size > 0) await this.#run();
  }

  async #run(): Promise<void> {
    this.#flushing = true;
    waiting.add(this);
    // The rest of this turn may still drain: a message that waits for room in core would bar the others.
    await Promise.resolve();
    this.#isRecalled = false;
    while (this.#mayFlush) {
      const batch = this.#outgoing.shift();
      if (batch === undefined) break;
      this.#inHand = this.#deliver(batch);
      await this.#inHand;
      this.#isRecalled = false;
    }
    this.#flushing = false;
    if (this.#outgoing.size === 0) waiting.delete(this);
  }

  /** Hands over what waits, in order, until libzmq has no more room or took `most` messages. */
  drain(most = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < most && this.#mayFlush && !this.#isRecalled; count++) {
      const batch = this.#outgoing.shift();
      if (batch === undefined) return;
      if (!this.#sendNow(batch, true)) {
        this.#outgoing.unshift(batch);
        return;
      }
    }
  }

  /** Whether messages wait. */
  get waits(): boolean {
    return this.#flushing || this.#outgoing.size > 0;
  }

  /** Whether a message that is sent now need not wait. */
  get hasRoom(): boolean {
    return !this.waits && this.#mayFlush && this.#handOver.hasRoom;
  }

  /**
   * Sends a message if libzmq takes it now.
   *
   * @throws Error as the callback of `send` would get it
   */
  offer(frames: readonly unknown[]): boolean {
    if (this.#standing.closed) throw closedError();
    const batch = this.#outgoing.complete(frames, false, () => {});
    try {
      return batch !== undefined && this.hasRoom && this.#handOver.now(batch, () => {});
    } catch (error) {
      throw classicError(error);
    }
  }

  /** To be told of each option that is set. */
  optionSet(option: number, value: unknown): void {
    this.#handOver.optionSet(option, value);
  }

  /** See {@link Outgoing.keepApart}. */
  keepApart(): void {
    this.#takeBack();
    this.#outgoing.keepApart();
  }

  /** Hands all that waits to core, which then closes the socket by `close`. */
  close(close: () => Promise<void>): Promise<void> {
    const open = this.#outgoing.takeOpen();
    waiting.delete(this);
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
  #sendNow(batch: Batch, later = false): boolean {
    if (this.#standing.paused || this.#standing.busy > 0) return false;
    try {
      if (!this.#handOver.now(batch, (error) => this.#refused(batch, error))) return false;
    } catch (error) {
      this.#fail(batch, classicError(error), later);
      return true;
    }
    this.#succeed(batch);
    return true;
  }

  /** libzmq showed room, and lost it as its last peer went. */
  #refused(batch: Batch, error: unknown): void {
    if (!isBusy(error) || this.#standing.closed) {
      this.#fail(batch, classicError(error), true);
      return;
    }
    this.#outgoing.unshift(batch);
    void this.flush();
  }

  #queue(batch: Batch): void {
    if (this.#outgoing.size >= this.maxPending) {
      this.#fail(batch, systemError("ENOBUFS"));
      return;
    }
    this.#outgoing.push(batch);
    if (this.#outgoing.size % longestBurst === 0) this.drain(longestBurst);
    if (!this.#flushing) void this.#run();
    else if (!this.#mayFlush) this.#takeBack();
  }

  #takeBack(): void {
    this.#isRecalled = this.#flushing;
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
    lastSent = performance.now();
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
