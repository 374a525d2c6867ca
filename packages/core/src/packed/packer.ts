/** Writing packed messages: many small ones leave as one frame. */

import { checkOptions } from "../check-options.ts";
import { ClosedError, QueueFullError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import type { Frame, NativeFrame } from "../message.ts";
import { toFrames } from "../message.ts";
import type { SendingSocket } from "../socket.ts";
import type { Dealer, Pair, Publisher, Push, Router, XPublisher } from "../sockets.ts";
import { checkSignal } from "../wait-options.ts";
import { keyOf, type PackedForm, packedFormOf, parted } from "./destination.ts";
import { prefixLength, spaceFor } from "./format.ts";
import { PackedLane } from "./lane.ts";

/** Frames that may wait for libzmq at a destination before `write` gives a promise; and before it takes no more. */
const framesBeforeWait = 2;
const framesAtMost = 16;
/** Milliseconds between two messages that travel together without `maxDelay`, at most. */
const burst = 0.05;

/** How large a frame may get, and how long a message may wait for others. */
export interface PackedOptions {
  /** Bytes of a frame, 64 to 1 GiB. A message that does not fit in such a frame travels in one of its own. @default 65_536 */
  readonly maxBytes?: number | undefined;
  /**
   * Milliseconds that a message may wait for others, 0 or more, whole. With 0 it leaves at the end of this turn of the event loop at the
   * latest; the first after a pause leaves at once.
   *
   * @default 0
   */
  readonly maxDelay?: number | undefined;
  /** Ends the writing when aborted: what libzmq has not accepted is dropped, and all that waits rejects `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

const names = { maxBytes: true, maxDelay: true, signal: true } as const;

type PackedPlainSocket = Push | Pair | Dealer;
type PackedAddressedSocket = Router | Publisher | XPublisher;
type PackedSocket = PackedPlainSocket | PackedAddressedSocket;

/** What is written: a frame, or where the socket needs to know the peer or the topic, that and a frame. */
export type PackedMessage<S> = S extends { mandatory: boolean } | { noDrop: boolean }
  ? readonly [to: Frame, frame: Frame]
  : Frame;

/**
 * Writes messages that travel together in frames of up to `maxBytes`; the peer reads them by `unpacked`. Order is kept, for each
 * peer of a Router and each topic of a publisher by itself. The socket stays its opener's, and what is sent on it by other ways may overtake what waits here.
 */
export function packed<S extends PackedSocket>(socket: S, options: PackedOptions = {}): Packer<S> {
  return new Packer(socket, options);
}

/** What {@link packed} gives: the writing end of a packed stream. */
export class Packer<S extends PackedSocket> implements AsyncDisposable {
  readonly #socket: SendingSocket<never> & PackedSocket;
  readonly #form: PackedForm;
  readonly #maxBytes: number;
  readonly #maxDelay: number;
  readonly #signal: AbortSignal | undefined;
  readonly #lanes = new Map<string, PackedLane>();
  readonly #main: PackedLane;
  /** Those with messages that no frame has taken away. */
  readonly #filling = new Set<PackedLane>();
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  /** When a message last came to where none waited, as `performance.now()` tells it. */
  #last = 0;
  #inFlight = 0;
  /** What frames were not sent for and nobody was told yet: the first of each peer or topic. */
  readonly #failures = new Map<string, unknown>();
  #isWarned = false;
  /** Calls that wait until nothing is in flight. */
  #idle: ((outcome: Promise<void> | undefined) => void)[] = [];
  #ended = false;

  constructor(socket: S, options: PackedOptions = {}) {
    this.#form = packedFormOf(socket, "packed");
    checkOptions("packed", options, names);
    const { maxBytes = 65_536, maxDelay = 0, signal } = options;
    checkWhole("maxBytes", maxBytes, 64, 2 ** 30);
    checkWhole("maxDelay", maxDelay, 0, 2 ** 31 - 1);
    if (signal !== undefined) checkSignal(signal);
    this.#socket = socket as never;
    this.#maxBytes = maxBytes;
    this.#maxDelay = maxDelay;
    this.#signal = signal;
    this.#main = new PackedLane("", undefined, maxBytes);
    if (signal?.aborted || socket.closed) this.#ended = true;
    else {
      signal?.addEventListener("abort", this.#abort);
      this.#closing.addEventListener("abort", this.#close);
    }
  }

  /**
   * Takes a message, whose bytes are copied at once. Undefined while there is room; else a promise to await before the next one, which
   * resolves when there is room again. Who goes on regardless gets, beyond sixteen frames that wait, a promise that rejects
   * `QueueFullError`, and that message is not taken. A promise also rejects with the error that an earlier frame was not sent for, which
   * is told once, here or by `flush` or `end`; the message was taken then, unless it is a `ClosedError`.
   *
   * @throws TypeError for what is no such message
   */
  write(message: PackedMessage<S>): Promise<void> | undefined {
    let lane = this.#main;
    let frame: NativeFrame;
    if (this.#form === "plain") {
      if (Array.isArray(message)) throw new TypeError("A packed message here is one frame");
      frame = message instanceof Uint8Array ? message : (toFrames(message, false) as NativeFrame);
    } else {
      const [to, body] = parted(message, this.#form);
      lane = this.#laneFor(to);
      frame = body;
    }
    if (this.#ended) return Promise.reject(this.#signal?.aborted ? this.#signal.reason : this.#closedError());
    if (lane.waiting >= framesAtMost * this.#maxBytes)
      return Promise.reject(
        new QueueFullError(
          `Cannot write: ${lane.waiting} bytes of packed messages wait already; await what write gives`,
        ),
      );
    const wasEmpty = lane.isEmpty;
    if (!lane.add(frame)) {
      if (!lane.isEmpty) this.#send(lane, lane.take());
      if (!lane.add(frame)) this.#send(lane, alone(frame));
    }
    if (wasEmpty && !lane.isEmpty) this.#flushLater(lane);
    if (this.#failures.size > 0) return this.#failure();
    return lane.waiting < framesBeforeWait * this.#maxBytes ? undefined : this.#room(lane);
  }

  /**
   * Sends what waits for others, and resolves when libzmq has accepted all. Rejects with the error that a frame was not sent for, as do
   * all calls that wait at that time; where several peers failed, the next calls tell of the others.
   */
  async flush(): Promise<void> {
    this.#flushNow();
    await (this.#inFlight === 0 ? this.#failure() : new Promise<void>((resolve) => this.#idle.push(resolve)));
  }

  /** As `flush`, and takes no further message. */
  async end(): Promise<void> {
    this.#ended = true;
    try {
      await this.flush();
    } finally {
      this.#signal?.removeEventListener("abort", this.#abort);
      this.#closing.removeEventListener("abort", this.#close);
    }
  }

  /** As `end`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  /** Aborted when the socket closes. */
  get #closing(): AbortSignal {
    return this.#socket[internals].closing;
  }

  readonly #close = (): void => {
    this.#ended = true;
  };

  #laneFor(to: NativeFrame): PackedLane {
    const key = keyOf(to);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new PackedLane(key, Buffer.from(key, "latin1"), this.#maxBytes);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #flushLater(lane: PackedLane): void {
    if (this.#maxDelay === 0 && !this.#isDue) {
      const now = performance.now();
      const isLone = now - this.#last > burst;
      this.#last = now;
      if (isLone) {
        this.#send(lane, lane.take());
        return;
      }
    }
    this.#filling.add(lane);
    if (this.#isDue) return;
    this.#isDue = true;
    if (this.#maxDelay === 0) setImmediate(this.#flushNow);
    else this.#timer = setTimeout(this.#flushNow, this.#maxDelay);
  }

  readonly #flushNow = (): void => {
    clearTimeout(this.#timer);
    this.#isDue = false;
    for (const lane of this.#filling) if (!lane.isEmpty) this.#send(lane, lane.take());
    this.#filling.clear();
  };

  #send(lane: PackedLane, frame: Buffer): void {
    const { length } = frame;
    lane.waiting += length;
    this.#inFlight += 1;
    const message = lane.to === undefined ? frame : [lane.to, frame];
    const sent = (this.#socket as Push).send(message, { copy: false, signal: this.#signal });
    sent.then(
      () => this.#accepted(lane, length),
      (error) => this.#failed(lane, length, error),
    );
  }

  #accepted(lane: PackedLane, length: number): void {
    lane.waiting -= length;
    this.#inFlight -= 1;
    if (lane.blocked.length > 0 && lane.waiting < framesBeforeWait * this.#maxBytes)
      for (const { resolve } of lane.blocked.splice(0)) resolve();
    this.#tidy(lane);
  }

  #failed(lane: PackedLane, length: number, error: unknown): void {
    lane.waiting -= length;
    this.#inFlight -= 1;
    const blocked = lane.blocked.splice(0);
    const isAwaited = this.#idle.length > 0;
    if (blocked.length === 0 || isAwaited) this.#note(lane.key, error);
    for (const { reject } of blocked) reject(error);
    this.#tidy(lane);
    if (!(error instanceof ClosedError) || this.#isWarned || this.#failures.size === 0 || isAwaited) return;
    // Nobody may ever ask again.
    this.#isWarned = true;
    process.emitWarning("Packed messages were lost: their socket was closed before they were flushed", "awaitmq");
  }

  #tidy(lane: PackedLane): void {
    if (lane.waiting === 0 && lane.isEmpty && lane !== this.#main) this.#lanes.delete(lane.key);
    if (this.#inFlight > 0 || this.#idle.length === 0) return;
    // All of them waited for the same.
    const outcome = this.#failure();
    for (const resolve of this.#idle.splice(0)) resolve(outcome);
  }

  #room(lane: PackedLane): Promise<void> {
    return new Promise((resolve, reject) => lane.blocked.push({ resolve, reject }));
  }

  #note(key: string, error: unknown): void {
    // The end of the writing is the same for all peers.
    const isEnd = error instanceof ClosedError || (this.#signal?.aborted && error === this.#signal.reason);
    const of = isEnd ? "" : key;
    if (!this.#failures.has(of)) this.#failures.set(of, error);
  }

  /** Rejects with a failure that nobody was told of, the oldest first, if there is one. */
  #failure(): Promise<void> | undefined {
    for (const [key, error] of this.#failures) {
      this.#failures.delete(key);
      return Promise.reject(error);
    }
    return undefined;
  }

  readonly #abort = (): void => {
    this.#ended = true;
    clearTimeout(this.#timer);
    const dropped = [...this.#filling].some((lane) => !lane.isEmpty);
    for (const lane of this.#filling) if (!lane.isEmpty) lane.take();
    this.#filling.clear();
    if (dropped) this.#note("", this.#signal?.reason);
  };

  #closedError(): ClosedError {
    const what = this.#socket.closed ? `the ${this.#socket[internals].name} socket is closed` : "the writing was ended";
    return new ClosedError(`Cannot write packed messages: ${what}`);
  }
}

/** A frame with one message that is too long to share it. */
function alone(message: NativeFrame): Buffer {
  const lane = new PackedLane("", undefined, prefixLength + spaceFor(Buffer.byteLength(message as Uint8Array)));
  lane.add(message);
  return lane.take();
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a whole number, got ${typeof value}`);
  if (!(Number.isInteger(value) && value >= least && value <= most))
    throw new RangeError(`${name} must be a whole number, ${least} to ${most}, got ${value}`);
}
