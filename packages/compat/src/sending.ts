/** Sends in the order of the calls: at once if libzmq accepts the message, else from a queue. */

import type { EventEmitter } from "node:events";
import { internals, isBusy } from "@awaitmq/core/internals";
import type { SocketType } from "./constants.ts";
import { classicError, closedError, systemError } from "./errors.ts";
import { droppers, HandOver } from "./hand-over.ts";
import type { Callback, Handlers } from "./handlers.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import { type Batch, Outgoing } from "./outgoing.ts";
import type { Standing } from "./standing.ts";

/** After this many more waiting messages in one turn, it checks again whether libzmq has room, and sends at most this many. */
const longestBurst = 1_024;

/** Sockets with waiting messages. At exit the process sends those that libzmq accepts, since nothing else will. */
const waiting = new Set<Sending>();
/** Milliseconds that libzmq's threads get at `process.exit()` to send messages that they were given in the same time before. */
const graceForSending = 100;
/** When libzmq last accepted a message, by `performance.now()`. */
let lastSent = Number.NEGATIVE_INFINITY;
/** Whether the program ended by itself. Then core has already waited. */
let isOver = false;
let hooked = false;

function hook(): void {
  if (hooked) return;
  hooked = true;
  // Runs before core closes the sockets of a worker thread.
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
  /** Aborted to take back the message that core is trying to send. */
  #recall = new AbortController();
  /** Whether that message has not come back yet. */
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

  /** Sends frames. With `more`, the next call adds frames to the same message. */
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

  /** Sends waiting messages in order, as fast as libzmq accepts them. To be called when the state of the socket changed. */
  async flush(): Promise<void> {
    if (this.#mayFlush) this.drain(longestBurst);
    else if (this.#flushing && !this.#standing.closed) this.#takeBack();
    if (!this.#flushing && this.#outgoing.size > 0) await this.#run();
  }

  async #run(): Promise<void> {
    this.#flushing = true;
    waiting.add(this);
    // The rest of this turn may still send. A message that waits for room in core would block the others.
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

  /** Hands over waiting messages in order, until libzmq has no room or has accepted `most` messages. */
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

  /** Whether a message sent now need not wait. */
  get hasRoom(): boolean {
    return !this.waits && this.#mayFlush && this.#handOver.hasRoom;
  }

  /**
   * Sends a message if libzmq accepts it now.
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

  /** To be called with each option that is set. */
  optionSet(option: number, value: unknown): void {
    this.#handOver.optionSet(option, value);
  }

  /** See {@link Outgoing.keepApart}. */
  keepApart(): void {
    this.#takeBack();
    this.#outgoing.keepApart();
  }

  /** Hands all waiting messages to core, then closes the socket with `close`. */
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

  /** Hands a message to libzmq synchronously, if libzmq accepts it. */
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

  /** Handles a message that libzmq refused after it had shown room, because its last peer disconnected. */
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

  /** Reports the outcome, after that of the message `before`. */
  async #deliver(batch: Batch, before?: Promise<void>): Promise<void> {
    const { signal } = this.#recall;
    const sent = this.#outbox.send(batch.frames, { copy: false, signal });
    try {
      if (before !== undefined) await Promise.allSettled([sent, before]);
      await sent;
    } catch (error) {
      const isBack = signal.aborted && error === signal.reason;
      // Closed meanwhile, so the queue was handed over without it.
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

  /** Emits one warning for all messages that were lost with a closed socket and have no callback. */
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
