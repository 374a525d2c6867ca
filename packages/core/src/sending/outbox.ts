/**
 * Sending: any number of concurrent sends are handed to libzmq one at a time, in the order of their calls, each completely or not at all. The
 * native `sendTimeout` stays 0, so libzmq accepts a message at once or refuses it. A refused message waits here, where it can still be withdrawn.
 */

import type { PeerGate } from "../connecting/peer-gate.ts";
import { type ClosedError, QueueFullError } from "../errors.ts";
import type { LockStep } from "../kinds/lock-step.ts";
import type { Frames, Sender } from "../kinds/send-rules.ts";
import { toFrames } from "../message/message.ts";
import type { NativeHolder, NativeSocket } from "../native/native.ts";
import { asRefusal, isBusy, isOutOfTurn, sendTimeoutError } from "../native/refusal.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { raise } from "../waiting/raise.ts";
import { TransientMap } from "../waiting/transient-map.ts";
import { both, onGivingUp } from "../waiting/wait-options.ts";
import { type Entry, handOver, type Keeper, type Lane, newEntry, newLane } from "./lane.ts";
import { NativeSend } from "./native-send.ts";
import { mayHaveRoom, peerMayHaveRoom } from "./room.ts";
import { checkSendOptions, type SendOptions, type UnorderedOptions } from "./send-options.ts";

export class Outbox {
  /** The option `sendTimeout`: the default `timeout` of a send in milliseconds, -1 for none. */
  timeout = -1;
  /** The option `maxPendingSends`: how many messages may wait here. */
  maxPending = 10_000;
  /** Whether any message was ever sent. */
  used = false;
  readonly #socket: NativeHolder;
  readonly #native: NativeSocket;
  readonly #send: NativeSend;
  readonly #gate: PeerGate;
  readonly #lockStep: LockStep | undefined;
  readonly #main: Lane = newLane(undefined);
  readonly #full = new TransientMap<string, Lane>();
  #size = 0;
  /** Whether a message of the direct path is with libzmq, which answers a microtask later. */
  #direct = false;
  /** Whether libzmq's last refusal was because it was not this socket's turn. */
  #isOutOfTurn = false;
  #state: "open" | "closing" | "closed" = "open";
  #drained: (() => void) | undefined;

  constructor(socket: NativeHolder, sender: Sender, gate: PeerGate, lockStep?: LockStep) {
    this.#socket = socket;
    this.#native = socket.native;
    this.#send = new NativeSend(socket, sender, gate, lockStep);
    this.#gate = gate;
    this.#lockStep = lockStep;
  }

  get conflates(): boolean {
    return this.#send.conflates;
  }

  set conflates(value: boolean) {
    this.#send.conflates = value;
  }

  send(message: unknown, options?: SendOptions, details?: object, keeper?: Keeper): Promise<void> {
    if (this.#state !== "open") return Promise.reject(this.closedError());
    let frames: Frames;
    try {
      if (options !== undefined) checkSendOptions(options);
      frames = toFrames(message, options?.copy !== false);
      this.#send.check(frames);
    } catch (error) {
      return Promise.reject(error);
    }
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    this.used = true;
    const request = this.#lockStep?.call() ?? 0;
    if (this.#direct || this.#main.entries.size > 0)
      return this.#enqueue(this.#main, frames, options, details, keeper, request);
    if (this.#full.size > 0) {
      const lane = this.laneOf(frames, details);
      if (lane !== undefined) return this.#enqueue(lane, frames, options, details, keeper, request);
    }
    this.#direct = true;
    return this.#send.offer(frames, details, request).then(this.#accepted, (error) => {
      this.#direct = false;
      const busy = isBusy(error);
      if (busy && this.#state === "closed") throw this.closedError();
      if (busy && !options?.signal?.aborted)
        return this.#enqueue(this.#main, frames, options, details, keeper, request, true);
      this.#goOn();
      throw busy ? options?.signal?.reason : this.#send.translate(error, frames, details);
    });
  }

  /**
   * Like `send`, but without order: a message may overtake waiting ones. Many messages of one turn leave together. Bytes are not copied.
   * `options` is only called when the message has to wait. An urgent one then goes before those that already wait, however many.
   */
  sendUnordered(message: unknown, options?: () => UnorderedOptions): Promise<void> {
    if (this.#state !== "open") return Promise.reject(this.closedError());
    let frames: Frames;
    try {
      frames = toFrames(message, false);
      this.#send.check(frames);
    } catch (error) {
      return Promise.reject(error);
    }
    this.used = true;
    return this.#send.offer(frames, undefined, this.#lockStep?.call() ?? 0).catch((error) => {
      if (!isBusy(error)) throw this.#send.translate(error, frames, undefined);
      const { isUrgent, ...wait } = options?.() ?? {};
      if (!isUrgent || this.#state !== "open") return this.send(frames, { ...wait, copy: false });
      return this.#enqueue(this.laneOf(frames) ?? this.#main, frames, { ...wait, isUrgent }, undefined, undefined, 0);
    });
  }

  /**
   * Hands a message to libzmq synchronously. The promise settles with libzmq's own result. No message may wait here.
   *
   * @throws TypeError for a message that this type of socket cannot send
   */
  handOver(frames: Frames): Promise<void> {
    this.#send.check(frames);
    this.used = true;
    return this.#send.offer(frames, undefined, this.#lockStep?.call() ?? 0);
  }

  /**
   * Accepts no more messages, and waits up to `linger` milliseconds until the waiting ones were handed over. Then it rejects the rest with
   * `ClosedError`. -1 waits forever.
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

  /** Rejects all waiting messages with `ClosedError`. */
  #abandon(): void {
    this.#state = "closed";
    for (const lane of [this.#main, ...this.#full.values()]) {
      for (const entry of lane.entries) {
        this.withdraw(entry, this.closedError());
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

  #enqueue(
    lane: Lane,
    frames: Frames,
    options: UnorderedOptions | undefined,
    details: object | undefined,
    keeper: Keeper | undefined,
    request: number,
    first = false,
  ): Promise<void> {
    const isUrgent = options?.isUrgent === true;
    if (this.#size >= this.maxPending && !first && !isUrgent) {
      return Promise.reject(
        new QueueFullError(
          `Cannot send: ${this.#size} messages already wait on the ${this.#socket.name} socket (maxPendingSends). Await earlier sends, or raise the limit`,
        ),
      );
    }
    const timeout = options?.timeout ?? (this.timeout < 0 ? Number.POSITIVE_INFINITY : this.timeout);
    const signal = options?.signal;
    return new Promise<void>((resolve, reject) => {
      const entry = newEntry(lane, frames, details, request, keeper, isUrgent, resolve, reject);
      if (signal !== undefined || timeout !== Number.POSITIVE_INFINITY) {
        const giveUp = (reason: unknown) => this.withdraw(entry, reason);
        const forget = timeout === Number.POSITIVE_INFINITY ? undefined : this.#socket.expectTimeout();
        const end = onGivingUp({ signal, timeout }, giveUp, () => {
          entry.reject = (error) => resolve(raise(error as Error));
          giveUp(sendTimeoutError(this.#socket, entry.lane.peer, this.#isOutOfTurn, timeout));
        });
        entry.release = both(end, forget);
      }
      this.#size += 1;
      if (first || isUrgent) lane.entries.unshift(entry);
      else lane.entries.push(entry);
      if (lane.peer !== undefined) handOver(entry);
      if (!this.#direct) this.#run(lane);
    });
  }

  /** Whether a message for one peer may wait while messages for others are sent. */
  get hasLanes(): boolean {
    return this.#send.isRouted;
  }

  /** The messages that wait for the same peer, whose queue is full. Undefined if there are none. */
  laneOf(frames: Frames, details?: object): Lane | undefined {
    return this.#full.size === 0 ? undefined : this.#full.get(this.#send.peer(frames, details));
  }

  /** Withdraws a message. A keeper gets `ended` with the reason, or without it if libzmq has just accepted the message. */
  withdraw(entry: Entry, reason: unknown): void {
    if (entry === entry.lane.sending) entry.abandoned = { reason };
    else this.#settle(entry, reason);
  }

  #settle(entry: Entry, error?: unknown): void {
    entry.lane.entries.remove(entry);
    this.#size -= 1;
    entry.release();
    if (error === undefined) entry.resolve();
    else entry.reject(error);
    if (this.#main.entries.size === 0) this.#gate.leave();
    if (this.#drained !== undefined && this.idle) this.#drained();
  }

  /** Sends the messages of a lane in order, until it is empty. */
  #run(lane: Lane): void {
    if (!lane.running && lane.entries.size > 0) void this.#runOn(lane);
  }

  async #runOn(lane: Lane): Promise<void> {
    lane.running = true;
    let pause = 0;
    for (let entry = lane.entries.first; entry !== undefined; entry = lane.entries.first) {
      if (this.#moveBehindItsPeer(lane, entry)) continue;
      lane.sending = entry;
      const refusal = await this.#send.offer(entry.frames, entry.details, entry.request).then(nothing, asRefusal);
      lane.sending = undefined;
      this.#isOutOfTurn = refusal !== undefined && isOutOfTurn(refusal.error);
      if (refusal === undefined) {
        pause = 0;
        if (lane.peer !== undefined) lane.lastTaken = performance.now();
        this.#settle(entry);
        if (turnIsOver()) await nextTurn();
      } else if (entry.abandoned !== undefined) this.#settle(entry, entry.abandoned.reason);
      else if (!isBusy(refusal.error))
        this.#settle(entry, this.#send.translate(refusal.error, entry.frames, entry.details));
      else if (this.#state === "closing" && isOutOfTurn(refusal.error)) this.#abandon();
      else if (this.#lockStep !== undefined && isOutOfTurn(refusal.error)) await this.#lockStep.turn();
      else if (this.#gate.isShut) await this.#gate.opened();
      else if (lane.peer === undefined && this.#send.isRouted) this.#startLane(entry);
      else if (lane.peer !== undefined) pause = await peerMayHaveRoom(this.#native, pause);
      else pause = await mayHaveRoom(this.#native, pause, () => this.#send.offerNow([], lane.entries.first?.details));
    }
    lane.running = false;
    if (lane.peer !== undefined) this.#full.delete(lane.peer);
  }

  /** Moves a message for a peer whose queue is full to the lane of that peer. */
  #moveBehindItsPeer(lane: Lane, entry: Entry): boolean {
    const own = lane.peer === undefined ? this.laneOf(entry.frames, entry.details) : undefined;
    if (own === undefined) return false;
    this.#move(entry, own);
    return true;
  }

  #move(entry: Entry, lane: Lane): void {
    entry.lane.entries.remove(entry);
    entry.lane = lane;
    if (entry.isUrgent) lane.entries.unshift(entry);
    else lane.entries.push(entry);
    handOver(entry);
  }

  /** Starts a lane for a peer whose queue is full. Its messages now wait separately from the others. */
  #startLane(entry: Entry): void {
    const peer = this.#send.peer(entry.frames, entry.details);
    const lane = newLane(peer);
    this.#full.set(peer, lane);
    this.#move(entry, lane);
    this.#run(lane);
  }

  closedError(): ClosedError {
    return this.#send.closedError();
  }
}

function nothing(): undefined {}
