/** Writing packed messages: many small messages leave in one frame. */

import { ClosedError, closedError, QueueFullError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { fromKey } from "../message/bytes.ts";
import { type NativeFrame, toFrames } from "../message/message.ts";
import type { Push } from "../socket/push-pull.ts";
import type { SendingSocket } from "../socket/sending-socket.ts";
import { readOptions } from "../waiting/option-table.ts";
import { keyOf, type PackedForm, packedFormOf, parted } from "./destination.ts";
import { bytesOf, isLarge, PackedLane } from "./open-frame.ts";
import type { PackedMessage, PackedSocket } from "./packed-message.ts";
import { type PackedOptions, packedRules } from "./packed-options.ts";

/** Frames that may wait for libzmq per destination before `write` returns a promise, and before it refuses messages. */
const framesBeforeWait = 2;
const framesAtMost = 16;
/** The most milliseconds between two messages that share a frame without `maxDelay`. */
const burst = 0.05;

/**
 * The writing end of a packed stream, made by {@link packed}.
 *
 * @example
 * ```ts
 * import { Pull, Push } from "@awaitmq/core";
 * import { packed, unpacked } from "@awaitmq/core/packed";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 *
 * const packer = packed(push, { maxDelay: 50 });
 * packer.write("one"); // waits for others, up to 50 ms
 * packer.write("two");
 * await packer.flush(); // both leave now, in one frame
 * for await (const [first, second] of unpacked(pull).batches()) {
 *   console.log(`${first} ${second}`); // one two
 *   break;
 * }
 * await packer.end();
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @category Packed
 */
export class Packer<S extends PackedSocket> implements AsyncDisposable {
  readonly #socket: SendingSocket<never> & PackedSocket;
  readonly #form: PackedForm;
  readonly #maxBytes: number;
  readonly #maxDelay: number;
  readonly #copy: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #lanes = new Map<string, PackedLane>();
  readonly #main: PackedLane;
  /** Lanes with messages whose frame was not sent yet. */
  readonly #filling = new Set<PackedLane>();
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  /** When a message was last written to an empty lane, by `performance.now()`. */
  #last = 0;
  #inFlight = 0;
  /** Send errors that were not reported yet: the first per peer or topic. */
  readonly #failures = new Map<string, unknown>();
  #isWarned = false;
  /** Calls that wait until no frame is in flight. */
  #idle: ((outcome: Promise<void> | undefined) => void)[] = [];
  #ended = false;

  /**
   * @param socket as for {@link packed}
   * @param options as for {@link packed}
   */
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
   * Writes a message, and copies its bytes at once (see `copy`).
   *
   * It returns undefined while there is room. Otherwise it returns a promise, to await before the next message, that resolves when there is room. If
   * sixteen frames wait, the promise rejects with `QueueFullError`, and the message is not accepted.
   *
   * The promise also rejects with the error of an earlier frame that could not be sent. Each such error is reported once, by `write`, `flush` or
   * `end`. The new message was accepted then, unless the error is a `ClosedError`.
   *
   * @param message one frame; on a Router or publisher, a pair of the peer or topic and one frame
   * @returns a promise to await before the next message, or undefined
   * @throws TypeError for another message; in the promise: QueueFullError `ERR_QUEUE_FULL`, ClosedError `ERR_CLOSED`, `signal.reason`, the errors
   * of `send`
   */
  write(message: PackedMessage<S>): Promise<void> | undefined {
    let lane = this.#main;
    let frame: NativeFrame;
    if (this.#form === "plain") {
      if (Array.isArray(message))
        throw new TypeError("Cannot write an array: a packed message on this socket is a single frame");
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
          `Cannot write: ${lane.waiting} bytes of packed messages already wait. Await the promise that write returns`,
        ),
      );
    const wasEmpty = lane.isEmpty;
    if ((!this.#copy && isLarge(frame)) || !this.#add(lane, frame)) this.#sendAlone(lane, frame);
    if (wasEmpty && !lane.isEmpty) this.#flushLater(lane);
    if (this.#failures.size > 0) return this.#failure();
    return lane.waiting < framesBeforeWait * this.#maxBytes ? undefined : this.#room(lane);
  }

  /**
   * Sends all waiting messages, and resolves when libzmq has accepted them.
   *
   * @throws the error of a frame that could not be sent; all pending calls reject with it, and later calls with those of other peers
   */
  async flush(): Promise<void> {
    this.#flushNow();
    await (this.#inFlight === 0 ? this.#failure() : new Promise<void>((resolve) => this.#idle.push(resolve)));
  }

  /**
   * Flushes, and accepts no more messages. The socket stays open.
   *
   * @throws the errors of `flush`
   */
  async end(): Promise<void> {
    this.#ended = true;
    try {
      await this.flush();
    } finally {
      this.#signal?.removeEventListener("abort", this.#abort);
      this.#closing.removeEventListener("abort", this.#close);
    }
  }

  /** Calls `end()`. */
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

  /** Adds a message to this frame or the next one. False if it is too long for any. */
  #add(lane: PackedLane, frame: NativeFrame): boolean {
    if (lane.add(frame)) return true;
    if (!lane.isEmpty) this.#send(lane, lane.take());
    return lane.add(frame);
  }

  /** Sends a message in its own frame, after the messages before it. */
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
    // Nobody may ever call again.
    this.#isWarned = true;
    process.emitWarning(
      "Packed messages were lost: their socket was closed before they were flushed. Await end() before close()",
      "awaitmq",
    );
  }

  #tidy(lane: PackedLane): void {
    if (lane.waiting === 0 && lane.isEmpty && lane !== this.#main) this.#lanes.delete(lane.key);
    if (this.#inFlight > 0 || this.#idle.length === 0) return;
    // All of them waited for the same frames.
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

  /** Rejects with the oldest failure that was not reported, if there is one. */
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
    return new ClosedError(`Cannot ${action}: end() was called`);
  }
}
