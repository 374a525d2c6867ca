/** What is inside a socket: the native one and the parts that work on it, from opening to the last message sent. */

import { isMainThread } from "node:worker_threads";
import { checkSignal } from "../check.ts";
import { Endpoints } from "../connecting/endpoints.ts";
import { Monitor } from "../connecting/monitor.ts";
import { PeerGate } from "../connecting/peer-gate.ts";
import type { PeerView } from "../connecting/ready.ts";
import { Timeouts } from "../connecting/timeouts.ts";
import { closedError, type TimeoutError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { LockStep } from "../kinds/lock-step.ts";
import type { Sender } from "../kinds/send-rules.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import { asText } from "../message/worker-frames.ts";
import type { ContextInsides } from "../native/context-insides.ts";
import type { Action, NativeHolder, NativeSocket } from "../native/native.ts";
import { WakeUpDescriptor } from "../native/wake-up-descriptor.ts";
import { readOption } from "../options/option-accessors.ts";
import { Inbox } from "../receiving/inbox.ts";
import { Outbox } from "../sending/outbox.ts";
import { checkGiven } from "../waiting/option-table.ts";
import { Context, context as defaultContext } from "./context.ts";
import { openNative } from "./open-native.ts";
import { type Closable, type CloseOptions, closeRules, longestLinger, opened } from "./open-sockets.ts";

/** ZMQ_TOPICS_COUNT of zmq_getsockopt(3), in builds with the draft API. */
const topicsCount = 116;
/** Milliseconds that libzmq may take beyond `linger` to let go of a socket. */
const graceForClosing = 1_000;

export class SocketCore implements NativeHolder, PeerView, Closable {
  readonly kind: SocketKind;
  readonly context: Context;
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  readonly endpoints: Endpoints;
  readonly gate: PeerGate;
  readonly lockStep: LockStep | undefined;
  readonly inbox: Inbox<unknown>;
  readonly outbox: Outbox;
  /** Whether somebody may call `ready`, for which some sockets are monitored from their first endpoint on. */
  mayBeAwaited = true;
  /** Whether the program has ever asked for messages, on types that get only what they ask for. */
  hasSubscribed = false;
  readonly #timeouts: Timeouts;
  readonly #forget: () => void;
  #closing: Promise<void> | undefined;
  /** The linger of the first call of `close`. */
  #closingWithin = 0;
  #ending: AbortController | undefined;
  /** Known once closed, of a socket that was watched. */
  #descriptor: WakeUpDescriptor | undefined;

  constructor(kind: SocketKind, context: unknown = defaultContext) {
    if (!(context instanceof Context)) throw new TypeError("context must be a Context");
    this.kind = kind;
    this.context = context;
    this.native = openNative(kind, context);
    this.monitor = new Monitor(this.native);
    this.#timeouts = new Timeouts(this);
    this.endpoints = new Endpoints(this);
    this.gate = new PeerGate(this);
    this.lockStep = kind.asks ? new LockStep(this.native) : undefined;
    this.inbox = new Inbox(this, this.lockStep);
    this.outbox = new Outbox(this, this.#sender(), this.gate, this.lockStep);
    this.#forget = opened(this);
  }

  get name(): string {
    return this.kind.name;
  }

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this.inbox.closed || this.native.closed;
  }

  get hasSent(): boolean {
    return this.outbox.used;
  }

  get isWatched(): boolean {
    return this.monitor.started || this.#descriptor !== undefined;
  }

  get contextInsides(): ContextInsides {
    return this.context[internals];
  }

  get isInproc(): boolean {
    return this.endpoints.hasInproc && !this.endpoints.hasNetwork;
  }

  get inprocPeers(): number {
    return this.endpoints.inprocPeers;
  }

  get hasPeer(): boolean {
    if (this.kind.publishes) return (this.subscriptions ?? 0) > 0;
    return this.showsPeer && this.native.writable;
  }

  /** Whether the socket is writable only while it has a peer. */
  get showsPeer(): boolean {
    const condition = this.kind.writableWith;
    return condition !== undefined && readOption(this.native, condition) === true;
  }

  /**
   * Called before a first connection can come or be made. On a socket that does not show whether it has a peer, only its monitor
   * tells, and only of handshakes from its start on: so `ready` would wait for ever for a peer that came before it.
   */
  expectPeers(by: "bind" | "connect"): void {
    if (by === "connect") this.#timeouts.mayLackPeers();
    this.monitor.expectNetwork();
    // A worker may be terminated at any moment, and a monitor that dies before its socket can stop libzmq's threads.
    if (!isMainThread || !(this.mayBeAwaited || this.gate.immediate)) return;
    // Publishers and routers that connect are not told of a refusal otherwise; see `tryAgain` for the others.
    const isQuiet = by === "bind" ? this.kind.publishes || this.showsPeer : this.queuesForPeersOnly;
    if (isQuiet && !this.monitor.started) return;
    this.#timeouts.watchFromStart();
  }

  get watchedLate(): boolean {
    return this.#timeouts.watchedLate;
  }

  set watchedLate(value: boolean) {
    this.#timeouts.watchedLate = value;
  }

  expectTimeout(): (() => void) | undefined {
    return this.#timeouts.expect();
  }

  timeoutError(sentence: string, action: Action): TimeoutError {
    return this.#timeouts.error(sentence, action);
  }

  /** Whether libzmq queues nothing on this socket while there is no peer. */
  get queuesForPeersOnly(): boolean {
    return this.kind.writableWith === "immediate" && this.showsPeer;
  }

  /**
   * libzmq gives a connection up for good when the peer refuses it, and tells only a monitor that was there. Connecting once
   * more makes it tell again; while there is no peer, and nothing is queued for one, that loses nothing.
   */
  tryAgain(): boolean {
    const loses = !this.queuesForPeersOnly || this.hasPeer;
    if (!loses) this.endpoints.connectAgain();
    return !loses;
  }

  get subscriptions(): number | undefined {
    if (!this.kind.publishes) return undefined;
    try {
      // Reading `writable` makes libzmq look at what arrived.
      void this.native.writable;
      return this.native.getInt32Option(topicsCount);
    } catch {
      return undefined;
    }
  }

  failsWith(reason: "protocol" | "auth" | "other"): boolean {
    if (!this.endpoints.connects) return false;
    // Under NULL a connection that breaks early has no further meaning: libzmq tries again.
    return reason !== "other" || readOption(this.native, "securityMechanism") !== null;
  }

  /** @throws ClosedError */
  checkOpen(action: string): void {
    if (this.closed) throw closedError(action, `${this.name} socket`);
  }

  close(options: CloseOptions = {}): Promise<void> {
    try {
      checkGiven("close", closeRules, options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { linger } = options;
    if (this.#closing !== undefined) {
      // libzmq takes no other linger once it closes, but who is in more of a hurry than the first caller need not wait as long.
      const isShorter = linger !== undefined && linger >= 0 && linger < this.#closingWithin;
      return isShorter ? withinTime(this.#closing, linger) : this.#closing;
    }
    const given = linger ?? (this.native.closed ? 0 : Math.min(this.native.linger, longestLinger));
    this.#closingWithin = given < 0 ? Number.POSITIVE_INFINITY : given;
    this.#closing = this.#close(given === Number.POSITIVE_INFINITY ? -1 : given);
    this.#ending?.abort(this.outbox.closedError());
    return this.#closing;
  }

  closeNow(): void {
    if (this.native.closed) return;
    this.native.linger = 0;
    this.#release();
    this.#forget();
  }

  get isGone(): boolean {
    return this.native.closed && this.#descriptor?.isOpen !== true;
  }

  unwatchNow(): void {
    this.monitor.closeNow();
  }

  /** Aborted with a `ClosedError` at the call of `close`. */
  get closing(): AbortSignal {
    if (this.#ending === undefined) {
      this.#ending = new AbortController();
      checkSignal(this.#ending.signal);
    }
    if (this.closed) this.#ending.abort(this.outbox.closedError());
    return this.#ending.signal;
  }

  async #close(linger: number): Promise<void> {
    const began = performance.now();
    this.inbox.close();
    const handedOver = this.outbox.close(linger);
    if (!this.outbox.idle) await handedOver;
    if (this.native.closed) return this.#forget();
    const rest = linger < 0 ? linger : Math.max(0, Math.round(linger - (performance.now() - began)));
    this.native.linger = rest;
    const release = this.#attendTheEnd();
    if (release === undefined && this.monitor.started) await withinTime(this.monitor.settle(), graceForClosing);
    if (this.native.closed) return this.#forget();
    this.#release();
    if (release === undefined) this.monitor.abandon();
    else await withinTime(this.monitor.ended, rest < 0 ? rest : rest + graceForClosing).finally(release);
    // The end of a worker has to wait for those that libzmq may not have let go of.
    if (isMainThread || this.isGone) this.#forget();
  }

  /**
   * Keeps an eye on libzmq as it lets go of the socket, if it may still have something to send or a port to give back.
   * With an `inproc://` peer that can't be told: libzmq waits for the peer's program, which may do nothing for a long time.
   */
  #attendTheEnd(): (() => void) | undefined {
    if (this.endpoints.hasInproc || !this.endpoints.hasNetwork) return undefined;
    if (!this.outbox.used && !this.endpoints.binds && !this.monitor.started) return undefined;
    try {
      return this.monitor.attend(this);
    } catch {
      // No room for one more native socket: close without watching.
      return undefined;
    }
  }

  #sender(): Sender {
    const sender = this.kind.sender ?? {};
    if (isMainThread && !this.native.threadSafe) return sender;
    return {
      ...sender,
      prepare: (frames) => {
        this.inbox.hurry();
        return isMainThread ? frames : asText(frames, () => this.endpoints.hasInproc);
      },
    };
  }

  #release(): void {
    // Over inproc it is in the hands of the peer for as long as that likes.
    const mayHoldMemory = !isMainThread && this.hasSent && !this.endpoints.hasInproc;
    this.endpoints.clear();
    if (this.isWatched || mayHoldMemory) this.#descriptor = WakeUpDescriptor.of(this.native);
    this.native.close();
  }
}

async function withinTime(promise: Promise<void>, milliseconds: number): Promise<void> {
  if (milliseconds < 0) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
