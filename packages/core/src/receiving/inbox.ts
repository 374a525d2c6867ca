/**
 * Receiving: any number of concurrent readers share the single receive that a native socket allows at a time. Readers are served in the order
 * of their calls. A reader that is aborted or times out loses nothing: a message in flight goes to the next reader.
 */

import { type ClosedError, closedError, MessagingError } from "../errors.ts";
import { discardOld } from "../kinds/conflate.ts";
import type { LockStep, Replies } from "../kinds/lock-step.ts";
import type { NativeHolder } from "../native/native.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { settled } from "../waiting/peek-promise.ts";
import { type Reader, Readers } from "../waiting/readers.ts";
import { isMiss, NativeReceive } from "./native-receive.ts";

export class Inbox<T> implements Replies {
  /** The option `receiveTimeout`: the default `timeout` of a receive in milliseconds, -1 for none. */
  timeout = -1;
  /** The socket that readers wait on, and keep alive. */
  readonly socket: NativeHolder;
  readonly #native: NativeReceive;
  readonly #lockStep: LockStep | undefined;
  readonly #readers = new Readers<T>();
  /** Messages whose reader left, oldest first. They come before those of libzmq. */
  #unread: T[] = [];
  /** With the option `conflate`: stops discarding old messages. */
  #stopDiscarding: (() => void) | undefined;
  #reading = false;
  #closed = false;
  /** On a Request: the native receive, which may already have a reply that was not delivered. */
  #inFlight: Promise<unknown> | undefined;
  /** Whether that reply must be dropped. */
  #isLate = false;

  constructor(socket: NativeHolder, lockStep?: LockStep) {
    this.socket = socket;
    this.#native = new NativeReceive(socket.native);
    this.#lockStep = lockStep;
    if (lockStep !== undefined) lockStep.replies = this;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether only the newest message is kept for the next reader. */
  get conflates(): boolean {
    return this.#stopDiscarding !== undefined;
  }

  set conflates(value: boolean) {
    this.#stopDiscarding?.();
    this.#stopDiscarding = value ? discardOld(this) : undefined;
  }

  discard(): void {
    if (!this.#reading && this.#readers.size === 0 && !this.#closed && this.#native.readable) this.#catchUp();
  }

  /** Whether a receive would be served at once. */
  get ready(): boolean {
    if (this.#unread.length > 0) return this.#unread.length > this.#readers.size;
    return !this.#closed && !this.#reading && this.#readers.size === 0 && this.#native.readable;
  }

  /**
   * The next message, or undefined if there is none now or others wait for it. Many calls in a row are fast, but a miss is slow. So check
   * {@link ready} before the first call.
   */
  takeReady(): Promise<T | undefined> | T | undefined {
    if (this.#closed || this.#reading || this.#readers.size > 0 || this.conflates) return undefined;
    if (this.#unread.length > 0) return this.#takeUnread();
    this.#reading = true;
    return this.#inFlightOf(this.#native.take()).then(
      (message) => {
        this.#reading = false;
        const isLate = this.#lockStep !== undefined && this.#wasLate();
        if (!isLate) this.#lockStep?.answered();
        this.#serve();
        return isLate ? undefined : (message as T);
      },
      (error) => {
        this.#refuse(error);
        return undefined;
      },
    );
  }

  /** The next message, synchronously, or undefined if there is none now or others wait for it. */
  takeNow(): T | undefined {
    const unread = this.#unread.length > 0 && this.#readers.size === 0 ? this.#takeUnread() : undefined;
    if (unread !== undefined && !this.conflates) return unread;
    let newest = unread;
    while (this.ready) {
      const received = settled(this.#native.take());
      if (received.state !== "fulfilled") break;
      this.#lockStep?.answered();
      newest = received.value as T;
      if (!this.conflates || turnIsOver()) break;
    }
    return newest;
  }

  /**
   * Requests the next message after those of earlier readers. The callbacks are never called before this returns. The owner may withdraw the
   * request. A request without an owner keeps the process alive.
   */
  request(resolve: (message: T) => void, reject: (error: unknown) => void, owner?: object): Reader<T> {
    const reader: Reader<T> = {
      resolve,
      reject,
      owner,
      earliest: this.#lockStep?.joined(this.#readers.last?.earliest) ?? 0,
      waiting: !this.#closed,
      previous: undefined,
      next: undefined,
    };
    if (this.#closed) {
      queueMicrotask(() => reject(this.closedError()));
      return reader;
    }
    this.#readers.push(reader);
    if (this.conflates && !this.#reading) this.#catchUp();
    else if (this.#unread.length > 0) queueMicrotask(this.#serve);
    else if (!this.#reading) this.#read();
    return reader;
  }

  /** Withdraws a request. Its message goes to the next reader. Has no effect if it was served. */
  leave(reader: Reader<T>): void {
    if (!reader.waiting) return;
    this.#readers.remove(reader);
    this.#lockStep?.left();
  }

  /** To be called when a reader found no message and does not wait. */
  miss(): void {
    this.#lockStep?.left();
  }

  /** Withdraws the requests of `owner` and rejects them with `error`. Returns whether there were any. */
  leaveAll(owner: object, error: unknown): boolean {
    let left = false;
    for (const reader of this.#readers.of(owner)) {
      this.leave(reader);
      reader.reject(error);
      left = true;
    }
    return left;
  }

  /** Puts back messages, oldest first, that their reader could not use. The next readers get them. */
  putBack(messages: readonly T[]): void {
    // A reply is late if the next request was sent after it was delivered.
    if (this.#closed || this.#lockStep?.isDue) return;
    this.#unread = messages.concat(this.#unread);
    if (this.conflates) this.#unread = this.#unread.slice(-1);
    this.#serve();
  }

  /** Rejects every waiting reader with `ClosedError`. Messages that were received but not read are dropped, as in libzmq. */
  close(): void {
    this.#closed = true;
    this.#stopDiscarding?.();
    this.#unread.length = 0;
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift())
      reader.reject(this.closedError());
    this.#lockStep?.close();
  }

  /** To be called when a message is sent whose answer may arrive soon. */
  hurry(): void {
    this.#native.hurry();
  }

  /** See {@link Replies}. */
  get first(): number | undefined {
    return this.#readers.first?.earliest;
  }

  /** See {@link Replies}. */
  dropUnread(): boolean {
    if (this.#reading && this.#inFlight !== undefined) this.#isLate = settled(this.#inFlight).state === "fulfilled";
    const dropped = this.#isLate || this.#unread.length > 0;
    this.#unread.length = 0;
    return dropped;
  }

  closedError(): ClosedError {
    return closedError("receive", `${this.socket.name} socket`);
  }

  #takeUnread(): T {
    this.#lockStep?.answered();
    return this.#unread.shift() as T;
  }

  /** Delivers unread messages to waiting readers, then continues with those of libzmq. */
  readonly #serve = (): void => {
    while (this.#unread.length > 0 && this.#readers.size > 0) this.#readers.shift()?.resolve(this.#takeUnread());
    if (this.#readers.size > 0 && !this.#reading) this.#read();
  };

  /** Starts the native receive for the waiting readers. */
  #read(): void {
    this.#reading = true;
    if (turnIsOver()) void nextTurn().then(this.#start);
    else this.#start();
  }

  readonly #start = (): void => {
    if (!this.#isWanted()) {
      this.#reading = false;
      return;
    }
    void this.#inFlightOf(this.#native.wait(!this.#readers.hasPatient, this.#isWanted)).then(
      this.#deliver,
      this.#refuse,
    );
  };

  /** Takes all available messages, then delivers the newest one. */
  #catchUp(): void {
    this.#reading = true;
    const take = () => void this.#native.take().then(this.#deliver, this.#refuse);
    if (turnIsOver()) void nextTurn().then(take);
    else take();
  }

  readonly #isWanted = (): boolean => this.#readers.size > 0 && !this.#closed;

  #inFlightOf(received: Promise<unknown>): Promise<unknown> {
    if (this.#lockStep !== undefined) this.#inFlight = received;
    return received;
  }

  readonly #deliver = (message: unknown): void => {
    this.#reading = false;
    if (this.#closed) return;
    this.#native.note(message);
    if (this.conflates) {
      this.#unread = [message as T];
      if (turnIsOver()) this.#serve();
      if (!this.#reading) this.#catchUp();
      return;
    }
    if (this.#lockStep !== undefined && this.#isForNobody(this.#lockStep)) {
      if (this.#readers.size > 0) this.#read();
      return;
    }
    // If messages are unread, waiting readers are about to get those.
    const reader = this.#unread.length === 0 ? this.#readers.shift() : undefined;
    if (reader === undefined) this.#unread.push(message as T);
    else reader.resolve(message as T);
    if (this.#readers.size > 0 && this.#unread.length === 0 && !this.#reading) this.#read();
  };

  /** Whether a reply is too late for all waiting readers. */
  #isForNobody(lockStep: LockStep): boolean {
    if (this.#wasLate()) return true;
    if (this.first === undefined) return false;
    const isLate = !lockStep.entitles(this.first);
    lockStep.answered();
    return isLate;
  }

  #wasLate(): boolean {
    const wasLate = this.#isLate;
    this.#isLate = false;
    this.#inFlight = undefined;
    return wasLate;
  }

  readonly #refuse = (error: unknown): void => {
    this.#reading = false;
    if (this.#closed) return;
    if (this.#native.endFlood()) {
      this.#serve();
      return;
    }
    // A reader that gets a failure may ask again at once. That, like any retry, is for the next turn.
    this.#reading = true;
    if (!isMiss(error)) this.#fail(error);
    void nextTurn().then(this.#start);
  };

  #fail(error: unknown): void {
    const failure = new MessagingError(
      `Cannot receive on the ${this.socket.name} socket: ${(error as Error).message}`,
      { cause: error },
    );
    this.#readers.rejectAll(failure);
  }
}
