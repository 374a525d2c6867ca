/** What is inside a socket: the native one and the parts that work on it, from opening to the last message sent. */

import { isMainThread } from "node:worker_threads";
import { attentive } from "./attentive.ts";
import { Context, context as defaultContext } from "./context.ts";
import { Endpoints } from "./endpoints.ts";
import { ClosedError, explainLimit } from "./errors.ts";
import { Inbox } from "./inbox.ts";
import { internals } from "./internals-key.ts";
import { type Closable, type CloseOptions, opened } from "./lifetime.ts";
import { Monitor } from "./monitor.ts";
import type { NativeClass, NativeHolder, NativeSocket } from "./native.ts";
import { readOption } from "./option-accessors.ts";
import { Outbox } from "./outbox.ts";
import type { PeerView } from "./ready.ts";
import type { Sender } from "./sender.ts";
import { checkSignal } from "./wait-options.ts";
import { asText } from "./worker-frames.ts";

/** How one socket type differs from the others. */
export interface SocketKind {
  readonly name: string;
  readonly native: NativeClass;
  /** Options whose defaults differ from libzmq's. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** How it sends, if not as most. */
  readonly sender?: Sender;
  /** What `writable` must come with to mean that there is a peer, on sockets where it can mean that. */
  readonly writableWith?: "immediate" | "mandatory";
  readonly publishes?: boolean;
}

/** ZMQ_TOPICS_COUNT of zmq_getsockopt(3), in builds with the draft API. */
const topicsCount = 116;
/** What fits into libzmq's option, and into a timer with the grace below. */
const longestLinger = 2 ** 31 - 1 - 1_000;
/** Milliseconds that libzmq may take beyond `linger` to let go of a socket. */
const graceForClosing = 1_000;

export class SocketCore implements NativeHolder, PeerView, Closable {
  readonly kind: SocketKind;
  readonly context: Context;
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  readonly endpoints: Endpoints;
  readonly inbox: Inbox<unknown>;
  readonly outbox: Outbox;
  /** Whether somebody may call `ready`, for which some sockets are monitored from their first endpoint on. */
  mayBeAwaited = true;
  readonly #forget: () => void;
  #closing: Promise<void> | undefined;
  #ending: AbortController | undefined;

  constructor(kind: SocketKind, context: unknown = defaultContext) {
    if (!(context instanceof Context)) throw new TypeError("context must be a Context");
    this.kind = kind;
    this.context = context;
    this.native = openNative(kind, context);
    this.monitor = new Monitor(this.native);
    this.endpoints = new Endpoints(this, context[internals].inproc);
    this.inbox = new Inbox(this);
    this.outbox = new Outbox(this, isMainThread ? (kind.sender ?? {}) : this.#senderOfWorker());
    this.#forget = opened(this);
  }

  get name(): string {
    return this.kind.name;
  }

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this.#closing !== undefined || this.native.closed;
  }

  get hasSent(): boolean {
    return this.outbox.used;
  }

  get isWatched(): boolean {
    return this.monitor.started;
  }

  get isInproc(): boolean {
    return this.endpoints.hasInproc && !this.endpoints.hasNetwork;
  }

  get inprocPeers(): number {
    return this.endpoints.inprocPeers;
  }

  get hasPeer(): boolean {
    if (this.kind.publishes) return (this.subscriptions ?? 0) > 0;
    return this.#showsPeer && this.native.writable;
  }

  /** Whether the socket is writable only while it has a peer. */
  get #showsPeer(): boolean {
    const condition = this.kind.writableWith;
    return condition !== undefined && readOption(this.native, condition) === true;
  }

  /**
   * Called before a first connection can come or be made. On a socket that does not show whether it has a peer, only its monitor
   * tells, and only of handshakes from its start on: so `ready` would wait for ever for a peer that came before it.
   */
  expectPeers(by: "bind" | "connect"): void {
    // A worker may be terminated at any moment, and a monitor that dies before its socket can stop libzmq's threads.
    if (!isMainThread || !this.mayBeAwaited || this.monitor.started) return;
    // Publishers and routers that connect are not told of a refusal otherwise; see `tryAgain` for the others.
    if (by === "bind" ? this.kind.publishes || this.#showsPeer : this.#queuesForPeersOnly) return;
    try {
      this.monitor.start();
    } catch {
      // No room for one more native socket: `ready` knows of later handshakes only.
    }
  }

  /** Whether libzmq queues nothing on this socket while there is no peer. */
  get #queuesForPeersOnly(): boolean {
    return this.kind.writableWith === "immediate" && this.#showsPeer;
  }

  /**
   * libzmq gives a connection up for good when the peer refuses it, and tells only a monitor that was there. Connecting once
   * more makes it tell again; while there is no peer, and nothing is queued for one, that loses nothing.
   */
  tryAgain(): boolean {
    const loses = !this.#queuesForPeersOnly || this.hasPeer;
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
    if (this.closed) throw new ClosedError(`Cannot ${action}: the ${this.name} socket is closed`);
  }

  close(options?: CloseOptions): Promise<void> {
    const linger = options?.linger ?? (this.native.closed ? 0 : Math.min(this.native.linger, longestLinger));
    if (!Number.isInteger(linger) || linger < -1 || linger > longestLinger) {
      return Promise.reject(
        new RangeError(
          `linger is a whole number of milliseconds up to ${longestLinger}, or -1 for ever, got ${linger}`,
        ),
      );
    }
    this.#closing ??= this.#close(linger);
    this.#ending?.abort(this.outbox.closedError());
    return this.#closing;
  }

  closeNow(): void {
    this.native.linger = 0;
    this.#release();
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
    if (this.native.closed) return;
    const rest = linger < 0 ? linger : Math.max(0, Math.round(linger - (performance.now() - began)));
    this.native.linger = rest;
    const release = this.#attendTheEnd();
    this.#release();
    if (release === undefined) return this.monitor.abandon();
    await withinTime(this.monitor.ended, rest < 0 ? rest : rest + graceForClosing).finally(release);
  }

  /**
   * Keeps an eye on libzmq as it lets go of the socket, if it may still have something to send or a port to give back.
   * With an `inproc://` peer that can't be told: libzmq waits for the peer's program, which may do nothing for a long time.
   */
  #attendTheEnd(): (() => void) | undefined {
    if (this.endpoints.hasInproc || !this.endpoints.hasNetwork) return undefined;
    if (!this.outbox.used && !this.endpoints.binds && !this.monitor.started) return undefined;
    try {
      return this.monitor.attend();
    } catch {
      // No room for one more native socket: close without watching.
      return undefined;
    }
  }

  #senderOfWorker(): Sender {
    return { ...this.kind.sender, prepare: (frames) => asText(frames, () => this.endpoints.hasInproc) };
  }

  #release(): void {
    this.endpoints.clear();
    this.native.close();
    this.#forget();
  }
}

function openNative(kind: SocketKind, context: Context): NativeSocket {
  try {
    return new (attentive(kind.native))({ context: context[internals].native });
  } catch (cause) {
    throw explainLimit(`open a ${kind.name} socket`, cause);
  }
}

async function withinTime(promise: Promise<void>, milliseconds: number): Promise<void> {
  if (milliseconds < 0) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
