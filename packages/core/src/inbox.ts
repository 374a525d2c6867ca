/**
 * Receiving: any number of concurrent readers over the one receive that a native socket allows at a time. Readers are
 * served in the order of their calls. A reader that gives up takes nothing with it: a message that was on its way goes
 * to the next reader.
 */

import { ClosedError, MessagingError, TimeoutError } from "./errors.ts";
import type { NativeHolder, NativeSocket } from "./native.ts";
import { type Link, Queue } from "./queue.ts";
import { nextTurn, turnIsOver } from "./turn.ts";
import { checkSignal, checkTimeout, onGivingUp, type WaitOptions } from "./wait-options.ts";

/** Milliseconds after which a native receive that every reader has left ends, so that it no longer holds the process. */
const abandonedReceive = 1_000;
/** So many messages within a millisecond make a flood: from then on, ask libzmq for the next without polling first. */
const floodMessages = 64;

/** One waiting call. */
export interface Reader<T> extends Link<Reader<T>> {
  readonly resolve: (message: T) => void;
  readonly reject: (error: unknown) => void;
  /** Whether it may leave before a message comes. */
  readonly cancellable: boolean;
  /** Who asked, for {@link Inbox.leaveAll}. */
  readonly owner: object | undefined;
  /** `queued` behind others, `served` with a message that is on its way, or `done`. */
  state: "queued" | "served" | "done";
}

export class Inbox<T> {
  /** The default `timeout` of a receive in milliseconds, -1 for none: the option `receiveTimeout`. */
  timeout = -1;
  readonly #socket: NativeHolder;
  readonly #native: NativeSocket;
  readonly #readers = new Queue<Reader<T>>();
  /** Messages whose reader left; at most one arrives so, more when they are put back. */
  readonly #unread: T[] = [];
  #patient = 0;
  #reading = false;
  #closed = false;
  /** What the native `receiveTimeout` is set to: -1 wait, 0 a flood (do not poll), else a bounded wait. */
  #nativeTimeout = -1;
  #floodCount = 0;
  #floodBegan = 0;

  constructor(socket: NativeHolder) {
    this.#socket = socket;
    this.#native = socket.native;
  }

  /** Whether a receive would be served at once. */
  get ready(): boolean {
    if (this.#unread.length > 0) return true;
    return !this.#closed && !this.#reading && this.#readers.size === 0 && this.#native.readable;
  }

  receive(options?: WaitOptions): Promise<T> {
    const signal = options?.signal;
    const timeout = options?.timeout ?? (this.timeout < 0 ? Number.POSITIVE_INFINITY : this.timeout);
    try {
      if (signal !== undefined) checkSignal(signal);
      if (timeout !== Number.POSITIVE_INFINITY) checkTimeout(timeout);
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (signal === undefined && timeout === Number.POSITIVE_INFINITY)
      return new Promise((resolve, reject) => this.request(resolve, reject));
    if (timeout === 0 && !this.ready && !this.#closed) return Promise.reject(this.#timeoutError(timeout));
    return new Promise((resolve, reject) => {
      const reader = this.request(
        (message) => {
          release();
          resolve(message);
        },
        (error) => {
          release();
          reject(error);
        },
        true,
      );
      const giveUp = (error: unknown) => {
        this.leave(reader);
        reject(error);
      };
      const release = onGivingUp({ signal, timeout }, giveUp, () => giveUp(this.#timeoutError(timeout)));
    });
  }

  /** Asks for the next message that no earlier reader gets. The callbacks are never called before this returns. */
  request(
    resolve: (message: T) => void,
    reject: (error: unknown) => void,
    cancellable = false,
    owner?: object,
  ): Reader<T> {
    const reader: Reader<T> = {
      resolve,
      reject,
      cancellable,
      owner,
      state: "queued",
      previous: undefined,
      next: undefined,
    };
    if (this.#closed) {
      reader.state = "done";
      queueMicrotask(() => reject(this.closedError()));
    } else if (this.#unread.length > 0) {
      const message = this.#unread.shift() as T;
      reader.state = "served";
      queueMicrotask(() => {
        if (reader.state === "done") return this.putBack(message);
        reader.state = "done";
        resolve(message);
      });
    } else {
      this.#readers.push(reader);
      if (!cancellable) this.#patient += 1;
      if (!this.#reading) this.#read();
    }
    return reader;
  }

  /** Withdraws a request; the message it would have got goes to the next reader. Harmless once it was served. */
  leave(reader: Reader<T>): void {
    if (reader.state === "queued") {
      this.#readers.remove(reader);
      if (!reader.cancellable) this.#patient -= 1;
    }
    reader.state = "done";
  }

  /** Withdraws what `owner` asked for and rejects it with `error`. Returns whether there was anything. */
  leaveAll(owner: object, error: unknown): boolean {
    let left = false;
    for (const reader of this.#readers) {
      if (reader.owner !== owner) continue;
      this.leave(reader);
      reader.reject(error);
      left = true;
    }
    return left;
  }

  /** Returns a message that its reader could not use: the next reader gets it. */
  putBack(message: T): void {
    const reader = this.#takeReader();
    if (reader === undefined) this.#unread.unshift(message);
    else reader.resolve(message);
  }

  /** Lets every waiting reader fail with `ClosedError`. What was received but not read is dropped, as libzmq does. */
  close(): void {
    this.#closed = true;
    this.#unread.length = 0;
    for (let reader = this.#takeReader(); reader !== undefined; reader = this.#takeReader())
      reader.reject(this.closedError());
  }

  closedError(): ClosedError {
    return new ClosedError(`Cannot receive: the ${this.#socket.name} socket is closed`);
  }

  #timeoutError(timeout: number): TimeoutError {
    return new TimeoutError(`No message arrived on the ${this.#socket.name} socket within ${timeout} ms`);
  }

  #takeReader(): Reader<T> | undefined {
    const reader = this.#readers.shift();
    if (reader === undefined) return undefined;
    if (!reader.cancellable) this.#patient -= 1;
    reader.state = "done";
    return reader;
  }

  /** Starts the native receive for the readers that wait. */
  #read(): void {
    this.#reading = true;
    if (turnIsOver()) void nextTurn().then(this.#start);
    else this.#start();
  }

  readonly #start = (): void => {
    if (this.#closed || this.#readers.size === 0) {
      this.#reading = false;
      return;
    }
    if (this.#nativeTimeout !== 0) this.#setNativeTimeout(this.#patient > 0 ? -1 : abandonedReceive);
    try {
      this.#native.receive().then(this.#deliver, this.#refuse);
    } catch (error) {
      this.#refuse(error);
    }
  };

  readonly #deliver = (message: unknown): void => {
    this.#reading = false;
    if (this.#closed) return;
    if (this.#nativeTimeout !== 0) this.#watchForFlood();
    const reader = this.#takeReader();
    if (reader === undefined) this.#unread.push(message as T);
    else reader.resolve(message as T);
    if (this.#readers.size > 0) this.#read();
  };

  readonly #refuse = (error: unknown): void => {
    this.#reading = false;
    if (this.#closed) return;
    if (this.#nativeTimeout === 0) {
      this.#setNativeTimeout(-1);
      this.#floodCount = 0;
    } else if ((error as NodeJS.ErrnoException).code !== "EAGAIN") {
      const failure = new MessagingError(
        `Cannot receive on the ${this.#socket.name} socket: ${(error as Error).message}`,
        "ERR_NATIVE",
        {
          cause: error,
        },
      );
      for (let reader = this.#takeReader(); reader !== undefined; reader = this.#takeReader()) reader.reject(failure);
      return;
    }
    if (this.#readers.size > 0) this.#read();
  };

  /**
   * In a flood the native `receiveTimeout` is 0: libzmq then hands out what it has without looking for commands from
   * its I/O threads each time, which costs a system call a message. The first miss ends it.
   */
  #watchForFlood(): void {
    if (this.#floodCount === 0) this.#floodBegan = performance.now();
    this.#floodCount += 1;
    if (this.#floodCount < floodMessages) return;
    this.#floodCount = 0;
    if (performance.now() - this.#floodBegan < 1) this.#setNativeTimeout(0);
  }

  #setNativeTimeout(timeout: number): void {
    if (this.#nativeTimeout === timeout) return;
    this.#nativeTimeout = timeout;
    this.#native.receiveTimeout = timeout;
  }
}
