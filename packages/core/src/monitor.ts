/**
 * The events of one socket. A monitor that nobody reads stops libzmq's I/O threads once it is full, and closing it early
 * does too; so this one, once started, is read until the socket is gone, and every listener has a bounded buffer.
 *
 * A native read that waits for an event would keep the process alive. While nobody waits for events the monitor is read
 * from time to time instead, and a read that finds nothing is ended by an event of our own making: the failure to bind
 * to an address that can't exist.
 */

import { explainLimit, HandshakeError, QueueFullError } from "./errors.ts";
import type { NativeEvent, NativeObserver, NativeSocket } from "./native.ts";

type FailedHandshake = Extract<NativeEvent, { type: `handshake:error:${string}` }>;

/**
 * What happened to a socket or its connections, by the names of zeromq; see zmq_socket_monitor(3). A failed handshake
 * carries a {@link HandshakeError}, whose `cause` is the native error. `dropped` tells that this reader was too slow and
 * `count` events went by.
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

/** Binds after which the queue is read, and beyond which there is none before that: libzmq's queue has room for 1 000 events. */
const bindsBeforeLook = 50;
const mostBinds = 500;

const impossibleAddress = "tcp://0.0.0.0:awaitmq-wake-up";
const wakeUpAddress = impossibleAddress.slice("tcp://".length);

/**
 * Monitors of sockets that were closed and that nobody waits for. They are kept for good: libzmq's threads stop for ever
 * when the monitor is collected as garbage before its socket has ended.
 */
const abandoned: NativeObserver[] = [];

type Listener = (event: SocketEvent) => void;

export class Monitor {
  readonly #native: NativeSocket;
  readonly #listeners = new Set<Listener>();
  #observer: NativeObserver | undefined;
  #waiting = 0;
  #reading = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  #idle = shortestIdle;
  /** Handshakes that succeeded and are not undone yet, by the endpoint of this side. */
  readonly #peers = new Map<string, number>();
  /** Why the last handshake failed; undefined when one succeeded since, or a new connection was asked for. */
  refusal: HandshakeError | undefined;
  /** Handshakes that failed and whose `disconnect` is still to come. */
  #failed = 0;
  #ended: Promise<void> | undefined;
  #end: (() => void) | undefined;
  /** Binds since the queue was last read empty, each of which is an event. */
  #binds = 0;

  constructor(native: NativeSocket) {
    this.#native = native;
  }

  get started(): boolean {
    return this.#observer !== undefined;
  }

  /** Peers that finished their handshake since the monitor started and are still there. */
  get peers(): number {
    let sum = 0;
    for (const count of this.#peers.values()) sum += count;
    return sum;
  }

  /** This side has given up the peers of an endpoint, of which libzmq makes no event. */
  forgetPeers(endpoint: string): void {
    this.#peers.delete(endpoint);
  }

  /** Resolves when libzmq has let go of the closed socket: all was sent or dropped, all ports are free. */
  get ended(): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#ended ??= new Promise((resolve) => {
      this.#end = resolve;
    });
    return this.#ended;
  }

  start(): void {
    if (this.started || this.#over) return;
    try {
      this.#observer = this.#native.events;
    } catch (cause) {
      throw explainLimit("watch a socket", cause);
    }
    this.#schedule();
  }

  /**
   * To be called before a bind, of which libzmq tells by the thread that binds: were its queue full then, nobody would read it, and the
   * bind never end.
   *
   * @throws QueueFullError when there were too many binds for one turn of the event loop
   */
  expectBind(): void {
    if (this.#observer === undefined) return;
    if (this.#binds >= mostBinds)
      throw new QueueFullError(`Cannot bind: this turn of the event loop has tried to ${mostBinds} times already`);
    this.#binds += 1;
    if (this.#binds % bindsBeforeLook === 0) void this.#read(this.#observer);
  }

  /** Calls `listener` for each event from now on. Returns what to call to stop that. */
  listen(listener: Listener): () => void {
    this.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Somebody waits for an event: they come without delay, and the process stays alive, until the result is called. */
  attend(): () => void {
    this.start();
    this.#waiting += 1;
    this.#schedule();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#waiting -= 1;
      this.#schedule();
    };
  }

  /**
   * To be called when the socket was closed and nobody waits for libzmq to let go of it: no read may begin any more, for
   * there is nothing left to end it by.
   */
  abandon(): void {
    if (this.#observer === undefined) return;
    abandoned.push(this.#observer);
    this.#finish();
  }

  /** To be called at the very end of a thread: without it a read that waits would end the whole process. */
  closeNow(): void {
    this.#observer?.close();
    if (!this.#over && this.started) this.#finish();
  }

  #schedule(): void {
    if (this.#observer === undefined) return;
    if (this.#waiting > 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#read(this.#observer);
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#look(), this.#idle).unref();
      // In the next turn the queue has been read empty, however long this turn took.
      if (this.#reading) setImmediate(() => this.#reading && this.#waiting === 0 && this.#wakeUp());
    }
  }

  /** A look at a monitor that nobody waits for, and the next one later. */
  #look(): void {
    if (this.#observer !== undefined) void this.#read(this.#observer);
    this.#timer = undefined;
    this.#idle = Math.min(this.#idle * 2, longestIdle);
    this.#schedule();
  }

  async #read(observer: NativeObserver): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    for (;;) {
      const event = await this.#next(observer);
      if (event === undefined || event.type === "end" || this.#over) break;
      if (!("address" in event && event.address.endsWith(wakeUpAddress))) this.#dispatch(toSocketEvent(event));
      else if (this.#waiting === 0) {
        this.#reading = false;
        return;
      }
    }
    if (!this.#over) this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#observer = undefined;
    this.#over = true;
    this.#dispatch({ type: "end" });
    this.#end?.();
  }

  /** The next event, undefined when there can be none any more. */
  async #next(observer: NativeObserver): Promise<NativeEvent | undefined> {
    let arrived = false;
    try {
      const next = observer.receive().finally(() => {
        arrived = true;
      });
      next.catch(() => {});
      await Promise.resolve();
      await Promise.resolve();
      if (!arrived) {
        this.#binds = 0;
        if (this.#waiting === 0) this.#wakeUp();
      }
      return await next;
    } catch {
      return undefined;
    }
  }

  /** Only after a read found nothing: then the event that this makes has room, and libzmq does not block here. */
  #wakeUp(): void {
    if (this.#native.closed) return;
    try {
      this.#native.bindSync(impossibleAddress);
    } catch {
      // That is the purpose: the failure is an event.
    }
  }

  #dispatch(event: SocketEvent): void {
    this.#idle = shortestIdle;
    if (event.type === "handshake") {
      this.refusal = undefined;
      this.#countPeer(event.address, 1);
    } else if ("error" in event && event.error instanceof HandshakeError) {
      this.refusal = event.error;
      this.#failed += 1;
    } else if (event.type === "disconnect") {
      if (this.#failed > 0) this.#failed -= 1;
      else this.#countPeer(event.address, -1);
    }
    for (const listener of this.#listeners) listener(event);
  }

  #countPeer(endpoint: string, change: 1 | -1): void {
    this.#peers.set(endpoint, Math.max(0, (this.#peers.get(endpoint) ?? 0) + change));
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
