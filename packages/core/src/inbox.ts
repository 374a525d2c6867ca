/**
 * Receiving: any number of concurrent readers over the one receive that a native socket allows at a time. Readers are
 * served in the order of their calls. A reader that gives up takes nothing with it: a message that was on its way goes
 * to the next reader.
 */

import { noteFrameSize } from "./allocator.ts";
import { ClosedError, MessagingError, TimeoutError } from "./errors.ts";
import type { Message } from "./message.ts";
import type { NativeHolder, NativeSocket } from "./native.ts";
import { type Link, Queue } from "./queue.ts";
import { settled } from "./settled.ts";
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
  waiting: boolean;
}

export class Inbox<T> {
  /** The default `timeout` of a receive in milliseconds, -1 for none: the option `receiveTimeout`. */
  timeout = -1;
  readonly #socket: NativeHolder;
  readonly #native: NativeSocket;
  readonly #readers = new Queue<Reader<T>>();
  /** Messages whose reader left, oldest first. They come before what libzmq has. */
  #unread: T[] = [];
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
    if (this.#unread.length > 0) return this.#unread.length > this.#readers.size;
    return !this.#closed && !this.#reading && this.#readers.size === 0 && this.#native.readable;
  }

  /** `owner` is for {@link leaveAll}. */
  receive(options?: WaitOptions, owner?: object): Promise<T> {
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
    return timeout === 0 ? this.#receiveNow(signal, owner) : this.#receiveInTime(signal, timeout, owner);
  }

  #receiveNow(signal: AbortSignal | undefined, owner: object | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const ask = () => {
        // A program that polls in a loop leaves timers their time so, and the read below comes before its timer of 0 ms.
        if (turnIsOver()) void nextTurn().then(ask);
        else if (signal?.aborted) reject(signal.reason);
        else if (this.ready || this.#closed) this.#ask(signal, 0, owner, resolve, reject);
        else reject(this.#timeoutError(0));
      };
      ask();
    });
  }

  #receiveInTime(signal: AbortSignal | undefined, timeout: number, owner: object | undefined): Promise<T> {
    return new Promise((resolve, reject) => this.#ask(signal, timeout, owner, resolve, reject));
  }

  /** Settles by the callbacks alone: promises between would let a later message come to its reader sooner. */
  #ask(
    signal: AbortSignal | undefined,
    timeout: number,
    owner: object | undefined,
    resolve: (message: T) => void,
    reject: (error: unknown) => void,
  ): void {
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
      owner,
    );
    const giveUp = (error: unknown) => {
      this.leave(reader);
      reject(error);
    };
    const release = onGivingUp({ signal, timeout }, giveUp, () => giveUp(this.#timeoutError(timeout)));
  }

  /**
   * The next message if there is one now, undefined if not or if others wait for it.
   * Asking for many in a row is quick; a miss is not, so look at {@link ready} before the first.
   */
  takeReady(): Promise<T | undefined> | T | undefined {
    if (this.#closed || this.#reading || this.#readers.size > 0) return undefined;
    if (this.#unread.length > 0) return this.#unread.shift();
    this.#setNativeTimeout(0);
    this.#reading = true;
    return this.#receiveNative().then(
      (message) => {
        this.#reading = false;
        this.#serve();
        return message as T;
      },
      (error) => {
        this.#refuse(error);
        return undefined;
      },
    );
  }

  /** The next message if it is there and nobody waits for it, before this returns. */
  takeNow(): T | undefined {
    if (this.#unread.length > 0 && this.#readers.size === 0) return this.#unread.shift();
    if (!this.ready) return undefined;
    this.#setNativeTimeout(0);
    const received = settled(this.#receiveNative());
    return received.state === "fulfilled" ? (received.value as T) : undefined;
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
      waiting: !this.#closed,
      previous: undefined,
      next: undefined,
    };
    if (this.#closed) {
      queueMicrotask(() => reject(this.closedError()));
      return reader;
    }
    this.#readers.push(reader);
    if (!cancellable) this.#patient += 1;
    if (this.#unread.length > 0) queueMicrotask(this.#serve);
    else if (!this.#reading) this.#read();
    return reader;
  }

  /** Withdraws a request; the message it would have got goes to the next reader. Harmless once it was served. */
  leave(reader: Reader<T>): void {
    if (!reader.waiting) return;
    reader.waiting = false;
    this.#readers.remove(reader);
    if (!reader.cancellable) this.#patient -= 1;
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

  /** Returns messages, oldest first, that their reader could not use: the next readers get them. */
  putBack(messages: readonly T[]): void {
    if (this.#closed) return;
    this.#unread = messages.concat(this.#unread);
    this.#serve();
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
    reader.waiting = false;
    return reader;
  }

  /** Gives unread messages to waiting readers, then goes on with what libzmq has. */
  readonly #serve = (): void => {
    while (this.#unread.length > 0 && this.#readers.size > 0) this.#takeReader()?.resolve(this.#unread.shift() as T);
    if (this.#readers.size > 0 && !this.#reading) this.#read();
  };

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
    void this.#receiveNative().then(this.#deliver, this.#refuse);
  };

  /** The native receive; unlike that this never throws. */
  #receiveNative(): Promise<unknown> {
    try {
      return this.#native.receive();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #deliver = (message: unknown): void => {
    this.#reading = false;
    if (this.#closed) return;
    if (this.#nativeTimeout !== 0) {
      this.#watchForFlood();
      noteFrameSize((message as Message).at(-1)?.length);
    }
    // Where something is unread, readers that wait are about to be served with that.
    const reader = this.#unread.length === 0 ? this.#takeReader() : undefined;
    if (reader === undefined) this.#unread.push(message as T);
    else reader.resolve(message as T);
    if (this.#readers.size > 0 && this.#unread.length === 0 && !this.#reading) this.#read();
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
