/**
 * The events of one socket. A monitor that nobody reads stops libzmq's I/O threads once it is full, and closing it early
 * does too; so this one, once started, is read until the socket is gone, and every listener has a bounded buffer. While nobody
 * waits for events it is read from time to time.
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
 * What happened to a socket or its connections, by the names of zeromq; see zmq_socket_monitor(3). A failed handshake
 * carries a {@link HandshakeError}, whose `cause` is the native error. `dropped` tells that this reader was too slow and
 * `count` events went by. A peer of ZMTP 1 or 2, of whose handshake libzmq tells nothing, has a `handshake` when its connection has stood
 * for longer than `handshakeInterval`.
 */
export type SocketEvent =
  | Exclude<NativeEvent, FailedHandshake>
  | { type: FailedHandshake["type"]; address: string; error: HandshakeError }
  | { type: "dropped"; count: number };

/**
 * Milliseconds between two looks at a monitor that nobody waits for. They grow while there is nothing to see, to a time in
 * which a dead peer that is tried each millisecond, with 3 events a try, does not fill what the monitor holds.
 */
const shortestIdle = 50;
const longestIdle = 500;
/** Milliseconds in which an event is read for which somebody waits. */
const attendedReading = 50;

/**
 * Monitors of sockets that were closed and that nobody waits for. They are kept for good: libzmq's threads stop for ever
 * when the monitor is collected as garbage before its socket has ended.
 */
const abandoned: EventQueue[] = [];

/** To be called at the very end of a thread, as `closeNow` of a monitor. */
export function closeAbandonedMonitors(): void {
  for (const observer of abandoned) observer.close();
}

type Listener = (event: SocketEvent) => void;

export class Monitor implements EventReader {
  readonly #native: NativeSocket;
  readonly #listeners = new Set<Listener>();
  #queue: EventQueue | undefined;
  /** What has to live while somebody waits for its events, each as often as that. */
  readonly #waiting: object[] = [];
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  #idle = shortestIdle;
  readonly #peers: Peers;
  /** Why the last handshake failed; undefined when one succeeded since, or a new connection was asked for. */
  refusal: HandshakeError | undefined;
  #ended: Promise<void> | undefined;
  #end: (() => void) | undefined;
  /** Whether other events than those of binds may have come. */
  #fills = false;
  /**
   * Whether events can come. A thread may end long before an `inproc://` peer lets go of its sockets, and libzmq's thread that ends sockets stops for
   * ever if the monitor of such a socket ends first. There are no events of `inproc://`: so a worker does without until there is another endpoint.
   */
  #mayTell = isMainThread;
  #isWanted = false;
  /** Keeps the process and this alive for those that wait for events which can't come yet. */
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

  /** This side has given up the peers of an endpoint, of which libzmq makes no event. */
  forgetPeers(endpoint: string): void {
    this.#peers.forget(endpoint);
  }

  /** Resolves when libzmq has let go of the closed socket: all was sent or dropped, all ports are free. */
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
    // With one of its two sockets alone, nobody would ever read what libzmq has to tell.
    needDescriptors(2, "watch a socket");
    try {
      this.#queue = new EventQueue(this.#native, this);
    } catch (cause) {
      throw explainLimit("watch a socket", cause);
    }
    this.#schedule();
  }

  /**
   * The socket is to have an endpoint of a network.
   *
   * @throws MessagingError `ERR_SOCKET_LIMIT`
   */
  expectNetwork(): void {
    this.#mayTell = true;
    if (this.#isWanted) this.start();
  }

  /** The socket has an endpoint of a network: from now on libzmq's threads may tell of much at any time. */
  expectEvents(): void {
    this.#fills = true;
  }

  /**
   * Binds when there is room for the event.
   *
   * @throws QueueFullError, and what `bind` throws
   */
  async whenRoom<T>(bind: () => T): Promise<T> {
    if (this.#queue === undefined) return bind();
    const bound = await this.#queue.whenRoom(this.#fills, () => unlessFull(bind));
    if (bound === undefined)
      throw noRoom("the event loop has no time to read them; give it turns of some milliseconds");
    return bound;
  }

  /** To be called where a bind can't wait: the next one, while somebody waits for events, is to know at once whether there is room. */
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
      throw noRoom("this turn of the event loop has taken too long, or had too many binds; await bind() instead");
  }

  /** Calls `listener` for each event from now on. Returns what to call to stop that. */
  listen(listener: Listener): () => void {
    this.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Somebody waits for an event: they come without delay, and the process and `owner` stay alive, until the result is called.
   * While nobody waits nothing in here holds the socket, so that one which its program has forgotten is closed.
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

  /** To be awaited before a socket is closed that nobody will wait for: no read may be left, for there will be nothing to end it by. */
  async settle(): Promise<void> {
    await this.#queue?.settle();
  }

  /** To be called when the socket was closed and nobody waits for libzmq to let go of it. */
  abandon(): void {
    if (this.#queue !== undefined) abandoned.push(this.#queue);
    this.end();
  }

  /** To be called at the very end of a thread: without it a read that waits would end the whole process. */
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

  /** A look at a monitor that nobody waits for, and the next one later. */
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
  return new QueueFullError(`Cannot bind: the socket is watched, and the queue of its events may be full; ${why}`);
}
