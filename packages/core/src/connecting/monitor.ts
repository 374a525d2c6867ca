/**
 * The events of one socket. A monitor that is not read blocks libzmq's I/O threads once it is full. So does closing it early. So this
 * one, once started, is read until the socket is released, and every listener has a bounded buffer. Unattended, it is read at intervals.
 */

import { isMainThread } from "node:worker_threads";
import { explainLimit, HandshakeError, QueueFullError } from "../errors.ts";
import { needDescriptors } from "../native/descriptors.ts";
import type { NativeEvent, NativeSocket } from "../native/native.ts";
import { longestTimer } from "../waiting/wait-options.ts";
import { EventQueue, type EventReader } from "./event-queue.ts";
import { Peers } from "./peers.ts";

type FailedHandshake = Extract<NativeEvent, { type: `handshake:error:${string}` }>;

/**
 * An event of a socket or one of its connections, with zeromq's names. See zmq_socket_monitor(3).
 *
 * A failed handshake has a {@link HandshakeError}, whose `cause` is the native error. `dropped` reports that the reader was too slow and
 * missed `count` events. libzmq does not report the handshake of peers with ZMTP 1 or 2. For them a `handshake` event follows when the
 * connection has lasted longer than `handshakeInterval`.
 *
 * @category Connecting
 */
export type SocketEvent =
  | Exclude<NativeEvent, FailedHandshake>
  | { type: FailedHandshake["type"]; address: string; error: HandshakeError }
  | { type: "dropped"; count: number };

/**
 * Milliseconds between two reads of a monitor that nobody waits for. They grow while there are no events. The longest is short enough: a dead
 * peer that is retried each millisecond, with 3 events per retry, does not fill the monitor in that time.
 */
const shortestIdle = 50;
const longestIdle = 500;
/** Milliseconds within which an awaited event is read. */
const attendedReading = 50;

/**
 * Monitors of closed sockets that nobody waits for. They are never released: libzmq's threads block forever if a monitor is garbage
 * collected before its socket has ended.
 */
const abandoned: EventQueue[] = [];

/** To be called last in a thread, like `closeNow` of a monitor. */
export function closeAbandonedMonitors(): void {
  for (const observer of abandoned) observer.close();
}

type Listener = (event: SocketEvent) => void;

export class Monitor implements EventReader {
  readonly #native: NativeSocket;
  readonly #listeners = new Set<Listener>();
  #queue: EventQueue | undefined;
  /** Objects to keep alive while a call waits for their events. One entry per wait. */
  readonly #waiting: object[] = [];
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  #idle = shortestIdle;
  readonly #peers: Peers;
  /** Why the last handshake failed. Undefined if one has succeeded since, or a new connection was requested. */
  refusal: HandshakeError | undefined;
  #ended: Promise<void> | undefined;
  #end: (() => void) | undefined;
  /** Whether events other than those of binds may have arrived. */
  #fills = false;
  /** Whether a peer may have connected before the monitor started. */
  #startedLate = false;
  /**
   * Whether events are possible. A worker thread may exit long before an `inproc://` peer releases its sockets. If the monitor of such a socket
   * ends first, libzmq's thread that closes sockets blocks forever. `inproc://` has no events: a worker waits for another endpoint.
   */
  #mayTell = isMainThread;
  #isWanted = false;
  /** Keeps the process and this monitor alive while a call waits for events that are not possible yet. */
  #alive: NodeJS.Timeout | undefined;

  constructor(native: NativeSocket) {
    this.#native = native;
    const isAttended = () => this.attends;
    this.#peers = new Peers({
      get handshakeInterval() {
        return native.closed ? 0 : native.handshakeInterval;
      },
      get readingTime() {
        return isAttended() ? attendedReading : longestIdle + attendedReading;
      },
      foundOld: (address) => this.#dispatch({ type: "handshake", address }),
    });
  }

  get started(): boolean {
    return this.#queue !== undefined;
  }

  get attends(): boolean {
    return this.#waiting.length > 0;
  }

  /** Peers that finished their handshake since the monitor started and are still there. */
  get peers(): number {
    return this.#peers.count;
  }

  /** Whether no peer is connected. False if one may have connected before the monitor started. */
  get isAlone(): boolean {
    return this.started && !this.#startedLate && this.peers === 0;
  }

  /** To be called when this side disconnects the peers of an endpoint. libzmq has no event for that. */
  forgetPeers(endpoint: string): void {
    this.#peers.forget(endpoint);
  }

  /** Resolves when libzmq has released the closed socket: all messages were sent or dropped, all ports are free. */
  get ended(): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#ended ??= new Promise((resolve) => {
      this.#end = resolve;
    });
    return this.#ended;
  }

  /** @throws MessagingError `ERR_SOCKET_LIMIT` */
  start(): void {
    if (this.started || this.#over) return;
    if (!this.#mayTell) {
      this.#isWanted = true;
      return;
    }
    // With only one of the monitor's two sockets open, nobody would ever read libzmq's events.
    needDescriptors(2, "watch a socket");
    try {
      this.#queue = new EventQueue(this.#native, this);
    } catch (cause) {
      throw explainLimit("watch a socket", cause);
    }
    this.#startedLate = this.#fills;
    this.#schedule();
  }

  /**
   * To be called before the socket gets a network endpoint.
   *
   * @throws MessagingError `ERR_SOCKET_LIMIT`
   */
  expectNetwork(): void {
    this.#mayTell = true;
    if (this.#isWanted) this.start();
  }

  /** To be called when the socket has a network endpoint. From now on libzmq's threads may report many events at any time. */
  expectEvents(): void {
    this.#fills = true;
  }

  /**
   * Binds when the queue has room for the event.
   *
   * @throws QueueFullError; the errors of `bind`
   */
  async whenRoom<T>(bind: () => T): Promise<T> {
    if (this.#queue === undefined) return bind();
    const bound = await this.#queue.whenRoom(this.#fills, () => unlessFull(bind));
    if (bound === undefined)
      throw noRoom("The event loop was too busy to read them: let it run for some milliseconds, then bind again");
    return bound;
  }

  /** To be called after a synchronous bind. The next one must know at once whether there is room, even while a call waits for events. */
  proveEachTurn(): void {
    this.#queue?.proveEachTurn();
  }

  /**
   * To be called right before a bind.
   *
   * @throws QueueFullError
   */
  bindsNow(): void {
    if (this.#queue?.bindsNow(this.#fills) === false)
      throw noRoom("This turn of the event loop took too long or had too many binds: await bind() instead");
  }

  /** Calls `listener` for each event from now on. Call the result to stop that. */
  listen(listener: Listener): () => void {
    this.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * To be called when a call waits for an event. Until the result is called, events arrive without delay, and the process and `owner`
   * stay alive. While nobody waits, nothing in here references the socket, so an unreferenced socket is closed when it is collected.
   */
  attend(owner: object): () => void {
    this.start();
    this.#waiting.push(owner);
    this.#schedule();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#waiting.splice(this.#waiting.indexOf(owner), 1);
      this.#schedule();
    };
  }

  /** To be awaited before a socket is closed that nobody will wait for. No read may be pending then, since nothing could end it. */
  async settle(): Promise<void> {
    await this.#queue?.settle();
  }

  /** To be called when the socket was closed and nobody waits for its release. */
  abandon(): void {
    if (this.#queue !== undefined) abandoned.push(this.#queue);
    this.end();
  }

  /** To be called last in a thread. Without it a pending read would abort the whole process. */
  closeNow(): void {
    this.#queue?.close();
  }

  take(event: NativeEvent): void {
    if (!this.#over && this.#peers.heed(event)) this.#dispatch(toSocketEvent(event));
  }

  end(): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    clearInterval(this.#alive);
    this.#queue = undefined;
    this.#over = true;
    this.#peers.end();
    this.#dispatch({ type: "end" });
    this.#end?.();
  }

  #schedule(): void {
    clearInterval(this.#alive);
    if (this.#over) return;
    if (this.#queue === undefined) {
      if (this.attends) this.#alive = setInterval(() => this.#schedule(), longestTimer);
    } else if (this.attends) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#queue.read();
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#look(), this.#idle).unref();
      this.#queue.rest();
    }
  }

  /** Reads a monitor that nobody waits for, and schedules the next read. */
  #look(): void {
    this.#queue?.read();
    this.#timer = undefined;
    this.#idle = Math.min(this.#idle * 2, longestIdle);
    this.#schedule();
  }

  #dispatch(event: SocketEvent): void {
    this.#idle = shortestIdle;
    if (event.type === "handshake") this.refusal = undefined;
    else if ("error" in event && event.error instanceof HandshakeError) this.refusal = event.error;
    for (const listener of this.#listeners) listener(event);
  }
}

function toSocketEvent(event: NativeEvent): SocketEvent {
  switch (event.type) {
    case "handshake:error:protocol":
    case "handshake:error:auth":
    case "handshake:error:other": {
      const reason = event.type.slice("handshake:error:".length) as "protocol" | "auth" | "other";
      const { type, address, error: cause } = event;
      const error = new HandshakeError(`Handshake failed on ${address}: ${cause.message}`, address, reason, { cause });
      return { type, address, error };
    }
    default:
      return event;
  }
}

function unlessFull<T>(bind: () => T): T | undefined {
  try {
    return bind();
  } catch (error) {
    if (error instanceof QueueFullError) return undefined;
    throw error;
  }
}

function noRoom(why: string): QueueFullError {
  return new QueueFullError(`Cannot bind: the socket is watched, and the queue of its events may be full. ${why}`);
}
