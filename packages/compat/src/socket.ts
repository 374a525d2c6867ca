/** A socket with the callback API of the classic package, on top of a core socket. */

import type { EventEmitter } from "node:events";
import { internals } from "@awaitmq/core/internals";
import { callable, Emitter } from "./callable.ts";
import { constants, optionNumbers, type SocketType, states } from "./constants.ts";
import { Endpoints } from "./endpoints.ts";
import { type Callback, Handlers } from "./handlers.ts";
import { Insides } from "./insides.ts";
import { tellOfListeners } from "./listening.ts";
import { Watch } from "./monitor/watch.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import { type OptionName, optionNumber } from "./options/options.ts";
import { defineProperties } from "./options/properties.ts";
import { SocketOptions } from "./options/socket-options.ts";
import { Receiving } from "./receiving.ts";
import { Sending } from "./sending.ts";
import { openSocket, socketType } from "./socket-types.ts";
import { Standing } from "./standing.ts";

type UntypedOption = Exclude<OptionName, "_subscribe" | "_unsubscribe" | "identity" | "last_endpoint">;
type AnyListener = Parameters<EventEmitter["on"]>[1];

// The options are accessors, made from the table by `defineProperties`.
export interface ClassicSocket extends Record<UntypedOption, unknown> {
  /** The identity of this socket at a router, up to 255 bytes. Set it before connect. See ZMQ_ROUTING_ID in zmq_setsockopt(3). */
  get identity(): string;
  set identity(value: string | Buffer);
  /** The endpoint that was bound or connected last. A bound one has its real port. See ZMQ_LAST_ENDPOINT. */
  readonly last_endpoint: string;
  /** Listens for messages. The listener gets one argument per frame. */
  on(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** Listens for `message`, `error`, `bind`, `unbind`, and the events of `monitor()`. */
  on(event: string | symbol, listener: AnyListener): this;
  /** Listens for the next message only. */
  once(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** Listens for the next event only. */
  once(event: string | symbol, listener: AnyListener): this;
  /** As `on`. */
  addListener(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** As `on`. */
  addListener(event: string | symbol, listener: AnyListener): this;
}

/**
 * A socket of the classic package: messages are `message` events, and `send` returns at once. Open it with {@link socket}.
 *
 * @category Sockets
 */
export class ClassicSocket extends Emitter {
  static {
    tellOfListeners(ClassicSocket.prototype, (socket) => socket.#receiving.update());
  }

  /** The type, as it was given: `"xreq"` stays `"xreq"`. */
  readonly type: SocketType;
  readonly #socket: AnySocket;
  readonly #options: SocketOptions;
  readonly #standing = new Standing();
  readonly #handlers = new Handlers(this);
  readonly #receiving: Receiving;
  readonly #sending: Sending;
  readonly #endpoints: Endpoints;
  #watch: Watch | undefined;
  #insides: Insides | undefined;

  /** @throws Error `EMFILE` if no more sockets or file descriptors can be opened; TypeError for an unknown type */
  constructor(type: SocketType | number) {
    super();
    this.type = socketType(type);
    this.#socket = openSocket(this.type);
    // Closed by core's `closeAll`, or by `close` here.
    this.#socket[internals].closing.addEventListener("abort", () => this.close());
    this.#options = new SocketOptions(this.#socket, this.type);
    this.#receiving = new Receiving(this, this.#socket, this.#handlers, this.#standing);
    this.#sending = new Sending(this, this.#socket, this.#handlers, this.#standing);
    this.#endpoints = new Endpoints(this.#socket, this.#handlers, this.#sending, this.#standing);
    this.#standing.onChange = () => {
      this.#receiving.update();
      void this.#sending.flush();
    };
  }

  /** Messages that may wait to be sent, 1 or more. Beyond that `send` fails. The classic package had no limit. */
  get maxPendingSends(): number {
    return this.#sending.maxPending;
  }

  set maxPendingSends(messages: number) {
    if (!(messages >= 1)) throw new RangeError(`maxPendingSends must be 1 or more, got ${messages}`);
    this.#sending.maxPending = messages;
  }

  /** @internal */
  get state(): number {
    if (this.#standing.closed) return states.STATE_CLOSED;
    return this.#standing.busy > 0 ? states.STATE_BUSY : states.STATE_READY;
  }

  /** The classic package's internal C++ object, with the members that programs use. */
  get _zmq(): Insides {
    this.#insides ??= new Insides(this, this.#sending);
    return this.#insides;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#standing.closed;
  }

  /**
   * Binds after this turn of the event loop, then calls back. Without a callback, a failure is an `error` event. See zmq_bind(3).
   */
  bind(address: string, callback?: Callback): this {
    this.#endpoints.bind(address, callback);
    return this;
  }

  /** Binds synchronously. @throws Error with `code` and `errno`, such as `EADDRINUSE` */
  bindSync(address: string): this {
    this.#endpoints.bindSync(address);
    return this;
  }

  /** Unbinds after this turn of the event loop, then calls back. Failures are reported as by `bind`. See zmq_unbind(3). */
  unbind(address: string, callback?: Callback): this {
    this.#endpoints.unbind(address, callback);
    return this;
  }

  /** Unbinds synchronously. @throws Error with `code` and `errno` */
  unbindSync(address: string): this {
    this.#endpoints.unbindSync(address);
    return this;
  }

  /** Connects synchronously, then calls the callback, which the classic package ignored. */
  connect(address: string, callback?: Callback): this {
    this.#endpoints.connect(address, callback);
    return this;
  }

  /** Disconnects synchronously. See zmq_disconnect(3). */
  disconnect(address: string): this {
    this.#endpoints.disconnect(address);
    return this;
  }

  /**
   * Sends a message: a string, a buffer, or an array of frames. Other values, also in an array, are converted to strings.
   *
   * With `ZMQ_SNDMORE` in `flags`, the next call adds more frames to the same message. Strings and buffers in the place of `flags`, and all arguments
   * after them, are further frames.
   *
   * The callback is called once: when libzmq has accepted the message, or with the error. Without a callback, an error is an `error` event. Without
   * a listener it is thrown by this call if it is known in time, else it is an uncaught exception later. After `close` it is a process warning.
   */
  send(message: unknown, flags?: number | null, callback?: Callback): this;
  send(message: unknown, ...frames: unknown[]): this;
  send(message: unknown, ...rest: unknown[]): this {
    if (!this.#standing.closed) this.#options.noteSend();
    const callback = typeof rest.at(-1) === "function" ? (rest.pop() as Callback) : undefined;
    let frames: readonly unknown[] = Array.isArray(message) ? message : [message];
    const spread = rest.length > 0 && !areFlags(rest);
    if (spread) frames = [...frames, ...rest];
    const more = !spread && (Number(rest[0] ?? 0) & constants.ZMQ_SNDMORE) !== 0;
    this.#sending.send(frames, more, callback);
    return this;
  }

  /** The next message as an array of frames, or null if none is available. Meant for a paused socket. */
  read(): Buffer[] | null {
    return this.#standing.closed ? null : (this.#receiving.readNow() ?? null);
  }

  /** Stops emitting and sending messages until `resume`. Sent messages wait. */
  pause(): void {
    this.#standing.change({ paused: true });
  }

  /** Continues after `pause()`. */
  resume(): void {
    this.#standing.change({ paused: false });
  }

  /** Lets the process exit although this socket has endpoints. It then polls for messages every 10 ms. */
  unref(): void {
    this.#standing.change({ detached: true });
  }

  /** Undoes `unref()`. */
  ref(): void {
    this.#standing.change({ detached: false });
  }

  /**
   * Subscribes a `sub` socket to messages that begin with `filter`. Each call counts, and needs its own `unsubscribe`. See ZMQ_SUBSCRIBE in
   * zmq_setsockopt(3).
   */
  subscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_SUBSCRIBE, filter);
  }

  /** Removes one `subscribe` of the same filter. See ZMQ_UNSUBSCRIBE in zmq_setsockopt(3). */
  unsubscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_UNSUBSCRIBE, filter);
  }

  /** Sets an option, by its number, property name or constant name. */
  setsockopt(option: number | OptionName | (string & {}), value: unknown): this {
    const number = optionNumber(option);
    this.#standing.checkOpen();
    this.#options.set(number, value);
    this.#sending.optionSet(number, value);
    return this;
  }

  /** Returns an option, by its number, or by its name with or without ZMQ_. See zmq_getsockopt(3). */
  getsockopt(option: number | OptionName | (string & {})): unknown {
    const number = optionNumber(option);
    this.#standing.checkOpen();
    return this.#options.get(number);
  }

  /**
   * Emits the events of connections, with a value and the endpoint.
   *
   * The events are `connect`, `connect_delay`, `connect_retry`, `listen`, `bind_error`, `accept`, `accept_error`, `close`, `close_error` and
   * `disconnect`. The value is an error number, the interval of a retry in milliseconds, or -1.
   *
   * @param interval milliseconds between two polls, more than 0. Default 10
   * @param count the most events per poll, 0 for all. Default 1
   */
  monitor(interval?: number, count?: number): this {
    this.#standing.checkOpen();
    const watch = new Watch(
      () => this.#standing.whileOpen(() => this.#socket.events()),
      (name, ...values) => this.#handlers.emit(name, ...values),
      interval,
      count,
    );
    this.#watch?.stop();
    this.#watch = watch;
    return this;
  }

  /** Stops emitting these events. */
  unmonitor(): this {
    this.#watch?.stop();
    this.#watch = undefined;
    return this;
  }

  /**
   * Closes the socket. Sent messages still have `linger` milliseconds to leave.
   *
   * The default reads -1, and means 2 000. Without an endpoint it is 0. The callbacks of messages that did not leave are called with an error.
   */
  close(): this {
    this.#sending.drain();
    if (!this.#standing.closed) this.#endpoints.close();
    return this;
  }
}

defineProperties(ClassicSocket.prototype);

/** Whether the arguments after a message are its flags, rather than further frames. */
function areFlags([flags, ...others]: readonly unknown[]): boolean {
  const given = typeof flags === "number" || flags === null || flags === undefined;
  return given && others.every((other) => other === null || other === undefined);
}

/**
 * The class of classic sockets. Constructors of old classes that inherit from it may call it without `new`.
 *
 * @category Sockets
 */
export const Socket = callable(ClassicSocket);
export type Socket = ClassicSocket;

/**
 * Opens a socket of a type, and assigns options to its properties.
 *
 * @category Sockets
 */
export function socket(type: SocketType | number, settings?: Readonly<Record<string, unknown>>): Socket {
  const made = new Socket(type);
  for (const name in settings) Object.assign(made, { [name]: settings[name] });
  return made;
}
