/**
 * Sending: any number of concurrent sends, handed to libzmq one at a time in the order of their calls, each whole or not
 * at all. The native `sendTimeout` stays 0, so that libzmq takes a message at once or refuses it; what it refuses waits
 * here, where it can still be withdrawn.
 */

import { ClosedError, QueueFullError, TimeoutError } from "./errors.ts";
import { type Entry, type Lane, newLane } from "./lane.ts";
import { toFrames } from "./message.ts";
import type { NativeHolder, NativeSocket } from "./native.ts";
import { isBusy, isOutOfTurn, sendError } from "./refusal.ts";
import { checkSendOptions, type SendOptions } from "./send-options.ts";
import type { Frames, Sender } from "./sender.ts";
import { settled } from "./settled.ts";
import { nextTurn, turnIsOver } from "./turn.ts";
import { onGivingUp, type WaitOptions } from "./wait-options.ts";

/** Milliseconds after which a wait for room looks whether anyone still waits. */
const longestWaitForRoom = 100;
/** The longest pause in milliseconds between two tries to reach a peer whose queue is full. */
const longestPause = 64;

export class Outbox {
  /** The default `timeout` of a send in milliseconds, -1 for none: the option `sendTimeout`. */
  timeout = -1;
  /** How many messages may wait here: the option `maxPendingSends`. */
  maxPending = 10_000;
  /** Whether anything was ever sent. */
  used = false;
  readonly #socket: NativeHolder;
  readonly #native: NativeSocket;
  readonly #sender: Sender;
  readonly #main: Lane = newLane(undefined);
  readonly #full = new Map<string, Lane>();
  #size = 0;
  /** Whether a message of the direct path is with libzmq: its answer comes a microtask later. */
  #direct = false;
  #state: "open" | "closing" | "closed" = "open";
  #drained: (() => void) | undefined;

  constructor(socket: NativeHolder, sender: Sender) {
    this.#socket = socket;
    this.#native = socket.native;
    this.#sender = sender;
    // 0 in classes that receive already; see attentive.ts.
    if ("sendTimeout" in this.#native) this.#native.sendTimeout = 0;
  }

  send(message: unknown, options?: SendOptions, details?: object): Promise<void> {
    if (this.#state !== "open") return Promise.reject(this.closedError());
    let frames: Frames;
    try {
      if (options !== undefined) checkSendOptions(options);
      frames = toFrames(message, options?.copy !== false);
      this.#sender.check?.(frames);
    } catch (error) {
      return Promise.reject(error);
    }
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    this.used = true;
    if (this.#direct || this.#main.entries.size > 0) return this.#enqueue(this.#main, frames, options, details);
    if (this.#full.size > 0) {
      const lane = this.#full.get(this.#peer(frames, details));
      if (lane !== undefined) return this.#enqueue(lane, frames, options, details);
    }
    this.#direct = true;
    return this.#offer(frames, details).then(this.#accepted, (error) => {
      this.#direct = false;
      const busy = isBusy(error);
      if (busy && this.#state === "closed") throw this.closedError();
      if (busy && !options?.signal?.aborted) return this.#enqueue(this.#main, frames, options, details, true);
      this.#goOn();
      throw busy ? options?.signal?.reason : this.#translate(error, frames, details);
    });
  }

  /**
   * As `send`, but beside what waits: a message may overtake those that were sent before it. Many in one turn leave together. Bytes
   * are not copied. `options` are asked for when it has to wait.
   */
  sendUnordered(message: unknown, options?: () => WaitOptions): Promise<void> {
    if (this.#state !== "open") return Promise.reject(this.closedError());
    let frames: Frames;
    try {
      frames = toFrames(message, false);
      this.#sender.check?.(frames);
    } catch (error) {
      return Promise.reject(error);
    }
    this.used = true;
    return this.#offer(frames, undefined).catch((error) => {
      if (isBusy(error)) return this.send(frames, { ...options?.(), copy: false });
      throw this.#translate(error, frames, undefined);
    });
  }

  /**
   * Hands a message to libzmq before this returns; false if libzmq would have it wait. Nothing may wait here.
   *
   * @throws TypeError for a message that this type of socket can't send, else what libzmq says, as it says it
   */
  sendNow(frames: Frames): boolean {
    this.#sender.check?.(frames);
    this.used = true;
    const offered = settled(this.#offer(frames, undefined));
    if (offered.state !== "rejected") return true;
    if (isBusy(offered.error)) return false;
    throw offered.error;
  }

  /**
   * Takes no more messages and waits until those here were handed over, `linger` milliseconds at most, then rejects the
   * rest with `ClosedError`. -1 waits for ever.
   */
  async close(linger: number): Promise<void> {
    this.#state = "closing";
    if (this.idle) return;
    if (linger !== 0) {
      const timeout = linger < 0 ? Number.POSITIVE_INFINITY : linger;
      await new Promise<void>((resolve) => {
        const release = onGivingUp({ timeout }, nothing, resolve);
        this.#drained = () => {
          release();
          resolve();
        };
      });
    }
    this.#drained = undefined;
    this.#abandon();
  }

  /** Rejects all that waits with `ClosedError`. */
  #abandon(): void {
    this.#state = "closed";
    for (const lane of [this.#main, ...this.#full.values()]) {
      for (const entry of lane.entries) {
        this.#giveUp(entry, this.closedError());
      }
    }
  }

  /** Whether no message waits here or is with libzmq. */
  get idle(): boolean {
    return this.#size === 0 && !this.#direct;
  }

  readonly #accepted = (): Promise<void> | undefined => {
    this.#direct = false;
    this.#goOn();
    return turnIsOver() ? nextTurn() : undefined;
  };

  /** The direct path is free again. */
  #goOn(): void {
    if (this.#main.entries.size > 0) this.#run(this.#main);
    if (this.#drained !== undefined && this.idle) this.#drained();
  }

  /** Offers a message to libzmq. Unlike the native call this never throws. */
  #offer(prepared: Frames, details: object | undefined): Promise<void> {
    try {
      const frames = this.#sender.prepare === undefined ? prepared : this.#sender.prepare(prepared);
      return details === undefined ? this.#native.send(frames) : this.#native.send(frames, details);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #enqueue(
    lane: Lane,
    frames: Frames,
    options: SendOptions | undefined,
    details: object | undefined,
    first = false,
  ): Promise<void> {
    if (this.#size >= this.maxPending && !first) {
      return Promise.reject(
        new QueueFullError(
          `Cannot send: ${this.#size} messages wait on the ${this.#socket.name} socket already (maxPendingSends)`,
        ),
      );
    }
    const timeout = options?.timeout ?? (this.timeout < 0 ? Number.POSITIVE_INFINITY : this.timeout);
    const signal = options?.signal;
    return new Promise<void>((resolve, reject) => {
      const entry: Entry = {
        frames,
        details,
        resolve,
        reject,
        release: nothing,
        lane,
        abandoned: undefined,
        previous: undefined,
        next: undefined,
      };
      if (signal !== undefined || timeout !== Number.POSITIVE_INFINITY) {
        const giveUp = (reason: unknown) => this.#giveUp(entry, reason);
        entry.release = onGivingUp({ signal, timeout }, giveUp, () =>
          giveUp(
            new TimeoutError(
              `The ${this.#socket.name} socket could not send within ${timeout} ms; the message was not sent`,
            ),
          ),
        );
      }
      this.#size += 1;
      if (first) lane.entries.unshift(entry);
      else lane.entries.push(entry);
      if (!this.#direct) this.#run(lane);
    });
  }

  #giveUp(entry: Entry, reason: unknown): void {
    if (entry === entry.lane.sending) entry.abandoned = { reason };
    else this.#settle(entry, reason);
  }

  #settle(entry: Entry, error?: unknown): void {
    entry.lane.entries.remove(entry);
    this.#size -= 1;
    entry.release();
    if (error === undefined) entry.resolve();
    else entry.reject(error);
    if (this.#drained !== undefined && this.idle) this.#drained();
  }

  /** Sends what waits in a lane, in order, until it is empty. */
  #run(lane: Lane): void {
    if (!lane.running && lane.entries.size > 0) void this.#runOn(lane);
  }

  async #runOn(lane: Lane): Promise<void> {
    lane.running = true;
    let pause = 0;
    for (let entry = lane.entries.first; entry !== undefined; entry = lane.entries.first) {
      if (this.#moveBehindItsPeer(lane, entry)) continue;
      lane.sending = entry;
      const refusal = await this.#offer(entry.frames, entry.details).then(nothing, asRefusal);
      lane.sending = undefined;
      if (refusal === undefined) {
        pause = 0;
        this.#settle(entry);
        if (turnIsOver()) await nextTurn();
      } else if (entry.abandoned !== undefined) this.#settle(entry, entry.abandoned.reason);
      else if (!isBusy(refusal.error)) this.#settle(entry, this.#translate(refusal.error, entry.frames, entry.details));
      else if (this.#state === "closing" && isOutOfTurn(refusal.error)) this.#abandon();
      else if (lane.peer === undefined && this.#sender.route !== undefined) this.#startLane(entry);
      else pause = await this.#room(lane, pause);
    }
    lane.running = false;
    if (lane.peer !== undefined) this.#full.delete(lane.peer);
  }

  /** A message for a peer whose queue is full joins those that wait for it already. */
  #moveBehindItsPeer(lane: Lane, entry: Entry): boolean {
    if (lane.peer !== undefined || this.#full.size === 0) return false;
    const own = this.#full.get(this.#peer(entry.frames, entry.details));
    if (own === undefined) return false;
    this.#move(entry, own);
    return true;
  }

  #move(entry: Entry, lane: Lane): void {
    entry.lane.entries.remove(entry);
    entry.lane = lane;
    lane.entries.push(entry);
  }

  /** The peer's queue is full: from here on its messages wait apart from the others'. */
  #startLane(entry: Entry): void {
    const peer = this.#peer(entry.frames, entry.details);
    const lane = newLane(peer);
    this.#full.set(peer, lane);
    this.#move(entry, lane);
    this.#run(lane);
  }

  /** Waits until another try makes sense; returns the pause after which the next one would come. */
  async #room(lane: Lane, pause: number): Promise<number> {
    if (lane.peer === undefined && !this.#native.closed) {
      if (this.#native.writable) {
        // libzmq may have refused on old news: try again at once, and if it refuses still, later.
        if (pause === 0) return 1;
      } else {
        // A message without frames goes nowhere: it completes when the socket has room for one that has.
        this.#native.sendTimeout = longestWaitForRoom;
        const room = this.#offer([], lane.entries.first?.details);
        this.#native.sendTimeout = 0;
        await room.catch(nothing);
        return 0;
      }
    }
    // The socket has room, but not for this peer, and libzmq has no word for when it will: try again.
    await new Promise((resolve) => setTimeout(resolve, Math.max(pause, 1)));
    // libzmq finds out that a peer is gone when it looks for messages of it, which it does when asked for anything.
    if (!this.#native.closed) void this.#native.writable;
    return Math.min(Math.max(pause, 1) * 2, longestPause);
  }

  #peer(frames: Frames, details: object | undefined): string {
    const peer = this.#sender.route?.(frames, details);
    return typeof peer === "object" ? peer.toString("latin1") : String(peer);
  }

  #translate(error: unknown, frames: Frames, details: object | undefined): Error {
    const { code } = error as NodeJS.ErrnoException;
    const peer = code === "EHOSTUNREACH" ? this.#sender.route?.(frames, details) : undefined;
    if (peer === undefined && (this.#native.closed || code === "EBADF" || code === "ENOTSOCK"))
      return this.closedError();
    return sendError(error, this.#socket.name, peer);
  }

  closedError(): ClosedError {
    return new ClosedError(`Cannot send: the ${this.#socket.name} socket is closed`);
  }
}

function asRefusal(error: unknown): { readonly error: unknown } {
  return { error };
}

function nothing(): undefined {}
