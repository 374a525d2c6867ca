/**
 * The lock step of a Request: a request, its reply, the next request. libzmq would have the next one wait for the reply for ever,
 * also when nobody waits for that any more; so it is told to be relaxed, and the order is kept here. A reply that comes
 * late, after the request behind it, reaches nobody.
 */

import type { NativeSocket } from "../native/native.ts";
import { notItsTurn } from "../native/refusal.ts";
import { longestTimer } from "../waiting/wait-options.ts";

/** ZMQ_REQ_CORRELATE and ZMQ_REQ_RELAXED of zmq_setsockopt(3). */
const correlateOption = 52;
const relaxedOption = 53;

/** What of the receiving side the lock step looks at. */
export interface Replies {
  /** The earliest request whose reply the first reader that waits may get; undefined if none waits. */
  readonly first: number | undefined;
  /** Drops the reply that has come, if nobody was given it yet. Returns whether there was one. */
  dropUnread(): boolean;
}

export class LockStep {
  readonly #native: NativeSocket;
  #replies: Replies | undefined;
  /** How many requests there were, each known by its number. */
  #called = 0;
  /** The request that was sent and whose reply nobody was given; 0 for none. */
  #due = 0;
  /** The last request that has its reply, or is to get none any more. */
  #done = 0;
  /** The last request that a reader was for. */
  #awaited = 0;
  /** Whether a reader waited for the reply that is due, and none does any more. */
  #givenUp = false;
  #relaxed: boolean | undefined;
  #correlate: boolean | undefined;
  #turn: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(native: NativeSocket) {
    this.#native = native;
    native.setBoolOption(relaxedOption, true);
  }

  set replies(replies: Replies) {
    this.#replies = replies;
  }

  set relaxed(value: boolean) {
    this.#native.setBoolOption(relaxedOption, value);
    this.#relaxed = value;
    this.#changed();
  }

  set correlate(value: boolean) {
    this.#native.setBoolOption(correlateOption, value);
    this.#correlate = value;
    this.#changed();
  }

  /** A new request, which may have to wait: its number. */
  call(): number {
    this.#called += 1;
    return this.#called;
  }

  /** Sends a request by `send`, which never throws. If the request has to wait, rejects as libzmq would. */
  offer(request: number, send: () => Promise<void>): Promise<void> {
    if (this.#waits) return Promise.reject(notItsTurn);
    if (this.#due > 0) this.#drop();
    this.#due = request;
    this.#givenUp = request <= this.#awaited;
    const sent = send();
    sent.catch(this.#refused);
    return sent;
  }

  /** Resolves when the next request may be sent. */
  turn(): Promise<void> {
    if (!this.#waits) return Promise.resolve();
    this.#turn ??= new Promise((resolve) => {
      // A send that waits keeps the process, and its socket.
      const alive = setInterval(() => this.#changed(), longestTimer);
      this.#wake = () => {
        clearInterval(alive);
        resolve();
      };
    });
    return this.#turn;
  }

  /**
   * A new reader waits. Returns the earliest request whose reply it may get: the first that no reader has been for, else that of the
   * reader `before` it, else the reply that comes next.
   */
  joined(before: number | undefined): number {
    const next = this.#due > 0 ? this.#due : this.#done + 1;
    const own = Math.max(this.#awaited + 1, next);
    if (own <= this.#called) this.#awaited = own;
    const earliest = own <= this.#called ? own : (before ?? next);
    if (earliest <= this.#due) this.#givenUp = false;
    return earliest;
  }

  /** Whether a reader who may get replies from the request `earliest` on may get the one that has come. */
  entitles(earliest: number): boolean {
    return this.#due === 0 || earliest <= this.#due;
  }

  /** Whether a reply is still to be given to somebody. */
  get isDue(): boolean {
    return this.#due > 0;
  }

  /** A reader has the reply, or nobody may have it. */
  answered(): void {
    if (this.#due > 0) this.#done = this.#due;
    this.#due = 0;
    this.#changed();
  }

  /** A reader gave up, and is gone. */
  left(): void {
    if (this.#replies?.first === undefined) this.#givenUp = true;
    this.#changed();
  }

  /** To be called when the socket closes. */
  close(): void {
    this.#wake?.();
  }

  get #waits(): boolean {
    if (this.#due === 0 || this.#relaxed === true) return false;
    if (this.#relaxed === false || this.#correlate === false) return true;
    const first = this.#replies?.first;
    return first === undefined ? !this.#givenUp : first <= this.#due;
  }

  readonly #refused = (): void => {
    this.#due = 0;
  };

  /** Sees to it that nobody gets the reply that is due. One that has not come yet is told apart by an id, from here on. */
  #drop(): void {
    this.#done = this.#due;
    this.#due = 0;
    if (this.#replies?.dropUnread() === false && this.#correlate === undefined) this.correlate = true;
  }

  #changed(): void {
    if (this.#wake === undefined || this.#waits) return;
    this.#wake();
    this.#wake = undefined;
    this.#turn = undefined;
  }
}
