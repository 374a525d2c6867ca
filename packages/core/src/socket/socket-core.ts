/** The inside of a socket: the native socket and the parts that use it, from opening to the last sent message. */

import { isMainThread } from "node:worker_threads";
import { checkSignal, nameOf } from "../check.ts";
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
/** Milliseconds beyond `linger` that libzmq may take to release a socket. */
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
  /** Whether `ready` may be called. Some sockets must be monitored from their first endpoint for it. */
  mayBeAwaited = true;
  /** Whether the program has ever subscribed, on types that must subscribe to receive. */
  hasSubscribed = false;
  readonly #timeouts: Timeouts;
  readonly #forget: () => void;
  #closing: Promise<void> | undefined;
  /** The linger of the first call of `close`. */
  #closingWithin = 0;
  #ending: AbortController | undefined;
  /** Known after the close of a watched socket. */
  #descriptor: WakeUpDescriptor | undefined;

  constructor(kind: SocketKind, context: unknown = defaultContext) {
    if (!(context instanceof Context)) throw new TypeError(`context must be a Context, got ${nameOf(context)}`);
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

  /** Whether `close` was called. */
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
   * To be called before a first connection is possible. On a socket that does not show whether it has a peer, only the monitor reports
   * handshakes, and only those after its start. So `ready` would wait forever for a peer that connected before.
   */
  expectPeers(by: "bind" | "connect"): void {
    if (by === "connect") this.#timeouts.mayLackPeers();
    this.monitor.expectNetwork();
    // A worker may be terminated at any moment. A monitor that ends before its socket can block libzmq's threads.
    if (!isMainThread || !(this.mayBeAwaited || this.gate.immediate)) return;
    // Without it, publishers and routers that connect would not see a refusal. See `tryAgain` for the others.
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

  /** Whether libzmq queues no messages on this socket while it has no peer. */
  get queuesForPeersOnly(): boolean {
    return this.kind.writableWith === "immediate" && this.showsPeer;
  }

  /**
   * libzmq permanently gives up a connection that the peer refuses, and reports it only to a monitor that existed then. Connecting again
   * makes it report again. That loses nothing while there is no peer and no queued message.
   */
  tryAgain(): boolean {
    const loses = !this.queuesForPeersOnly || this.hasPeer;
    if (!loses) this.endpoints.connectAgain();
    return !loses;
  }

  get subscriptions(): number | undefined {
    if (!this.kind.publishes) return undefined;
    try {
      // Reading `writable` makes libzmq process what has arrived.
      void this.native.writable;
      return this.native.getInt32Option(topicsCount);
    } catch {
      return undefined;
    }
  }

  failsWith(reason: "protocol" | "auth" | "other"): boolean {
    if (!this.endpoints.connects) return false;
    // Under NULL, an early disconnect is not a refusal: libzmq retries.
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
      // libzmq accepts no other linger once it closes. But a later caller with a shorter linger need not wait as long.
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

  /** Aborts with a `ClosedError` when `close` is called. */
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
    // A worker must wait before its exit for sockets that libzmq may not have released.
    if (isMainThread || this.isGone) this.#forget();
  }

  /**
   * Watches libzmq release the socket, if it may still have messages to send or ports to release. With an `inproc://` peer that is not possible:
   * libzmq waits for the peer's program, which may do nothing for a long time.
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
    // Over inproc the peer decides how long it keeps the memory.
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
