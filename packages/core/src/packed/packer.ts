/** Writing packed messages: many small ones leave as one frame. */

import { ClosedError, closedError, QueueFullError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { fromKey } from "../message/bytes.ts";
import type { Frame, NativeFrame } from "../message/message.ts";
import { copied, toFrames } from "../message/message.ts";
import type { SendingSocket } from "../socket/socket.ts";
import type { Dealer, Pair, Publisher, Push, Router, XPublisher } from "../socket/sockets.ts";
import { readOptions } from "../waiting/option-table.ts";
import { keyOf, type PackedForm, packedFormOf, parted } from "./destination.ts";
import { PackedLane } from "./open-frame.ts";
import { type PackedOptions, packedRules } from "./packed-options.ts";

/** Frames that may wait for libzmq at a destination before `write` gives a promise; and before it takes no more. */
const framesBeforeWait = 2;
const framesAtMost = 16;
/** Bytes from which a message that need not be copied travels as a frame of its own, behind the frame that its length closes. */
const large = 16_384;
/** Milliseconds between two messages that travel together without `maxDelay`, at most. */
const burst = 0.05;

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
  readonly #copy: boolean;
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
    const { maxBytes, maxDelay, copy, signal } = readOptions("packed", packedRules, options);
    this.#socket = socket as never;
    this.#maxBytes = maxBytes;
    this.#maxDelay = maxDelay;
    this.#copy = copy;
    this.#signal = signal;
    this.#main = new PackedLane("", undefined, maxBytes);
    if (signal?.aborted || socket.closed) this.#ended = true;
    else {
      signal?.addEventListener("abort", this.#abort);
      this.#closing.addEventListener("abort", this.#close);
    }
  }

  /**
   * Takes a message, whose bytes are copied at once (see `copy`). Undefined while there is room; else a promise to await before the next one, which
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
    if ((!this.#copy && isLarge(frame)) || !this.#add(lane, frame)) this.#sendAlone(lane, frame);
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
      lane = new PackedLane(key, fromKey(key), this.#maxBytes);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Adds a message to the frame, or to the next one; false where it is too long for any. */
  #add(lane: PackedLane, frame: NativeFrame): boolean {
    if (lane.add(frame)) return true;
    if (!lane.isEmpty) this.#send(lane, lane.take());
    return lane.add(frame);
  }

  /** Sends a message as a frame of its own, behind the messages before it. */
  #sendAlone(lane: PackedLane, frame: NativeFrame): void {
    const bytes = bytesOf(frame, this.#copy);
    if (!lane.addLength(bytes.byteLength)) {
      this.#send(lane, lane.take());
      lane.addLength(bytes.byteLength);
    }
    this.#send(lane, lane.take(), bytes);
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

  #send(lane: PackedLane, frame: Buffer, tail?: Uint8Array): void {
    const length = frame.length + (tail?.byteLength ?? 0);
    lane.waiting += length;
    this.#inFlight += 1;
    const frames = tail === undefined ? [frame] : [frame, tail];
    const message = lane.to === undefined ? frames : [lane.to, ...frames];
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
    const action = "write packed messages";
    if (this.#socket.closed) return closedError(action, `${this.#socket[internals].name} socket`);
    return new ClosedError(`Cannot ${action}: the writing was ended`);
  }
}

function isLarge(frame: NativeFrame): boolean {
  return typeof frame === "object" && frame !== null && frame.byteLength >= large;
}

function bytesOf(frame: NativeFrame, copy: boolean): Uint8Array {
  if (typeof frame === "string") return Buffer.from(frame);
  const bytes = frame instanceof Uint8Array ? frame : new Uint8Array(frame ?? []);
  return copy ? copied(bytes) : bytes;
}
