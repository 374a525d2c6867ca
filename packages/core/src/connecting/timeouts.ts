/** Why a wait with a timeout was in vain, as far as its socket knows. */

import { isMainThread } from "node:worker_threads";
import { TimeoutError } from "../errors.ts";
import type { Action, NativeSocket } from "../native/native.ts";
import { Connections } from "./connections.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Monitor } from "./monitor.ts";

/** The socket that is waited on. */
interface WaitedOn {
  readonly name: string;
  readonly kind: { readonly subscribes?: boolean };
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  readonly endpoints: Endpoints;
  readonly outbox: { readonly used: boolean };
  /** Whether the program has ever asked for messages, on types that get only what they ask for. */
  readonly hasSubscribed: boolean;
  readonly hasPeer: boolean;
  /** Whether the socket is writable only while it has a peer. */
  readonly showsPeer: boolean;
  /** Whether libzmq queues nothing on this socket while there is no peer. */
  readonly queuesForPeersOnly: boolean;
}

export class Timeouts {
  /** Whether the monitor was started late, and has maybe missed a refusal. */
  watchedLate = false;
  readonly #socket: WaitedOn;
  readonly #connections = new Connections();
  #isListening = false;
  #isWatchedFromStart = false;

  constructor(socket: WaitedOn) {
    this.#socket = socket;
  }

  /** A connection is about to be made. */
  mayLackPeers(): void {
    this.#connections.mayLack = true;
  }

  /** To be called before an endpoint is bound or connected, on sockets whose monitor is to know of all that follows. */
  watchFromStart(): void {
    this.#isWatchedFromStart ||= this.#socket.endpoints.all.length === 0;
    this.#watch();
  }

  #watch(): void {
    if (this.#isListening) return;
    try {
      // The monitor outlives what its program has forgotten: nothing that listens to it may hold the socket.
      this.#socket.monitor.listen(this.#connections.note);
      this.#isListening = true;
    } catch {
      // No room for one more native socket: `ready` knows of later handshakes only, and errors say less.
    }
  }

  /** Somebody waits for so long and no longer. Returns what to call after it, if there is. */
  expect(): (() => void) | undefined {
    const { native, endpoints, monitor, queuesForPeersOnly } = this.#socket;
    if (!this.#connections.mayLack || !isMainThread || native.closed) return undefined;
    if (this.#connections.explain(endpoints.connected) === undefined || (queuesForPeersOnly && this.#socket.hasPeer)) {
      this.#connections.mayLack = false;
      return undefined;
    }
    if (!monitor.started) this.watchedLate = true;
    this.#watch();
    try {
      return monitor.attend(this.#socket);
    } catch {
      return undefined;
    }
  }

  /** The error of such a wait: the sentence, and why it was in vain if that is known. */
  error(sentence: string, action: Action): TimeoutError {
    const why = this.#why(action);
    const { refusal } = this.#socket.monitor;
    return new TimeoutError(why === undefined ? sentence : `${sentence}: ${why}`, refusal && { cause: refusal });
  }

  #why(action: Action): string | undefined {
    const { name, kind, endpoints, outbox, native } = this.#socket;
    if (endpoints.connected.length === 0 && !endpoints.binds) return "it is neither bound nor connected";
    if (action === "receive" && kind.subscribes && !this.#socket.hasSubscribed && !outbox.used)
      return `it has not ${askedFor(name)}`;
    if (action === "receive" && name === "Request" && !outbox.used)
      return "a Request receives the reply to what it has sent, and it has sent nothing";
    if (!this.#connections.mayLack || endpoints.binds || endpoints.hasInproc) return undefined;
    if (this.#socket.showsPeer ? native.writable : !this.#isWatchedFromStart || this.#socket.hasPeer) return undefined;
    return this.#connections.explain(endpoints.connected);
  }
}

/** What a socket has to do before anything comes. */
function askedFor(name: string): string {
  if (name === "Dish") return "joined a group. Call join first";
  return name === "XSubscriber"
    ? "sent a subscription. Send one first"
    : "subscribed to anything. Call subscribe first";
}
