/**
 * The lock step of a Request: a request, its reply, the next request. With libzmq's own, the next request waits forever for a lost reply, even if
 * nobody waits for that reply. So libzmq is set to be relaxed, and the order is kept here. A late reply, which arrives after the next
 * request was sent, is dropped.
 */

import type { NativeSocket } from "../native/native.ts";
import { notItsTurn } from "../native/refusal.ts";
import { longestTimer } from "../waiting/wait-options.ts";

/** ZMQ_REQ_CORRELATE and ZMQ_REQ_RELAXED of zmq_setsockopt(3). */
const correlateOption = 52;
const relaxedOption = 53;

/** The receiving side, as the lock step uses it. */
export interface Replies {
  /** The earliest request whose reply the first waiting reader may get. Undefined if no reader waits. */
  readonly first: number | undefined;
  /** Drops a reply that has arrived but was not delivered. Returns whether there was one. */
  dropUnread(): boolean;
}

export class LockStep {
  readonly #native: NativeSocket;
  #replies: Replies | undefined;
  /** Number of requests so far. Each is known by its number. */
  #called = 0;
  /** The sent request whose reply was not delivered, or 0. */
  #due = 0;
  /** The last request whose reply was delivered or dropped. */
  #done = 0;
  /** The last request that had a reader. */
  #awaited = 0;
  /** Whether a reader has waited for the due reply, and none does now. */
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

  /** Registers a new request, which may have to wait. Returns its number. */
  call(): number {
    this.#called += 1;
    return this.#called;
  }

  /** Sends a request with `send`, which never throws. If the request has to wait, this rejects like libzmq. */
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
      // A pending send keeps the process and its socket alive.
      const alive = setInterval(() => this.#changed(), longestTimer);
      this.#wake = () => {
        clearInterval(alive);
        resolve();
      };
    });
    return this.#turn;
  }

  /**
   * Registers a waiting reader. Returns the earliest request whose reply it may get: the first request without a reader, else that of the reader
   * `before` it, else the one with the next reply.
   */
  joined(before: number | undefined): number {
    const next = this.#due > 0 ? this.#due : this.#done + 1;
    const own = Math.max(this.#awaited + 1, next);
    if (own <= this.#called) this.#awaited = own;
    const earliest = own <= this.#called ? own : (before ?? next);
    if (earliest <= this.#due) this.#givenUp = false;
    return earliest;
  }

  /** Whether a reader that may get replies from request `earliest` on may get the one that has arrived. */
  entitles(earliest: number): boolean {
    return this.#due === 0 || earliest <= this.#due;
  }

  /** Whether a reply is still to be delivered. */
  get isDue(): boolean {
    return this.#due > 0;
  }

  /** To be called when the reply was delivered or dropped. */
  answered(): void {
    if (this.#due > 0) this.#done = this.#due;
    this.#due = 0;
    this.#changed();
  }

  /** To be called when a reader has given up. */
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

  /** Drops the due reply. If it has not arrived yet, ids distinguish replies from now on. */
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
