/** Why a wait timed out, as far as the socket knows. */

import { isMainThread } from "node:worker_threads";
import { TimeoutError } from "../errors.ts";
import type { Action, NativeSocket } from "../native/native.ts";
import { Connections } from "./connections.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Monitor } from "./monitor.ts";

/** The socket that a call waits on. */
interface WaitedOn {
  readonly name: string;
  readonly kind: { readonly subscribes?: boolean };
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  readonly endpoints: Endpoints;
  readonly outbox: { readonly used: boolean };
  /** Whether the program has ever subscribed, on types that must subscribe to receive. */
  readonly hasSubscribed: boolean;
  readonly hasPeer: boolean;
  /** Whether the socket is writable only while it has a peer. */
  readonly showsPeer: boolean;
  /** Whether libzmq queues no messages on this socket while it has no peer. */
  readonly queuesForPeersOnly: boolean;
}

export class Timeouts {
  /** Whether the monitor was started late, so that it may have missed a refusal. */
  watchedLate = false;
  readonly #socket: WaitedOn;
  readonly #connections = new Connections();
  #isListening = false;
  #isWatchedFromStart = false;

  constructor(socket: WaitedOn) {
    this.#socket = socket;
  }

  /** To be called before a connection is made. */
  mayLackPeers(): void {
    this.#connections.mayLack = true;
  }

  /** To be called before the first endpoint, on sockets whose monitor must see all events. */
  watchFromStart(): void {
    this.#isWatchedFromStart ||= this.#socket.endpoints.all.length === 0;
    this.#watch();
  }

  #watch(): void {
    if (this.#isListening) return;
    try {
      // The monitor may outlive its socket. So no listener may keep the socket alive.
      this.#socket.monitor.listen(this.#connections.note);
      this.#isListening = true;
    } catch {
      // No room for one more native socket: `ready` sees only later handshakes, and errors say less.
    }
  }

  /** To be called when a wait has a timeout. Call the result, if any, when the wait ends. */
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

  /** The error of a timeout: the sentence, and the reason if it is known. */
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

/** What a socket must do before it can receive. */
function askedFor(name: string): string {
  if (name === "Dish") return "joined a group. Call join first";
  return name === "XSubscriber"
    ? "sent a subscription. Send one first"
    : "subscribed to anything. Call subscribe first";
}
