/** A socket with the callback API of the classic package, over one of core's. */

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

// The options are accessors, which `defineProperties` makes from their table.
export interface ClassicSocket extends Record<UntypedOption, unknown> {
  /** What a router knows this socket by, up to 255 bytes. To be set before connecting. zmq_setsockopt(3), ZMQ_ROUTING_ID */
  get identity(): string;
  set identity(value: string | Buffer);
  /** The endpoint that was bound or connected last; a bound one has its real port. ZMQ_LAST_ENDPOINT */
  readonly last_endpoint: string;
  /** A message is one argument a frame. */
  on(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** `message`, `error`, `bind`, `unbind`, and those of `monitor()`. */
  on(event: string | symbol, listener: AnyListener): this;
  /** The next message alone. */
  once(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** The next event alone. */
  once(event: string | symbol, listener: AnyListener): this;
  /** As `on`. */
  addListener(event: "message", listener: (...frames: Buffer[]) => void): this;
  /** As `on`. */
  addListener(event: string | symbol, listener: AnyListener): this;
}

/**
 * A socket of the classic package: messages are `message` events, and `send` returns at once. Made by {@link socket}.
 */
export class ClassicSocket extends Emitter {
  static {
    tellOfListeners(ClassicSocket.prototype, (socket) => socket.#receiving.update());
  }

  /** As it was asked for: `"xreq"` stays `"xreq"`. */
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

  /** @throws Error `EMFILE` when there are as many sockets or descriptors as there may be, TypeError for an unknown type. */
  constructor(type: SocketType | number) {
    super();
    this.type = socketType(type);
    this.#socket = openSocket(this.type);
    // By core's `closeAll`, where it is not by `close` here.
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

  /** Messages that may wait to be sent, 1 or more; one more is refused with an error. The classic package had no limit. */
  get maxPendingSends(): number {
    return this.#sending.maxPending;
  }

  set maxPendingSends(messages: number) {
    if (!(messages >= 1)) throw new RangeError(`maxPendingSends is 1 or more, got ${messages}`);
    this.#sending.maxPending = messages;
  }

  /** @internal */
  get state(): number {
    if (this.#standing.closed) return states.STATE_CLOSED;
    return this.#standing.busy > 0 ? states.STATE_BUSY : states.STATE_READY;
  }

  /** What the classic package had of its C++ part here, as far as programs reach for it. */
  get _zmq(): Insides {
    this.#insides ??= new Insides(this, this.#sending);
    return this.#insides;
  }

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this.#standing.closed;
  }

  /**
   * Binds after this turn of the event loop, and calls back. Without a callback a failure is an `error` event.
   * zmq_bind(3)
   */
  bind(address: string, callback?: Callback): this {
    this.#endpoints.bind(address, callback);
    return this;
  }

  /** Binds at once. @throws Error with `code` and `errno`, such as `EADDRINUSE` */
  bindSync(address: string): this {
    this.#endpoints.bindSync(address);
    return this;
  }

  /** Unbinds after this turn of the event loop, and calls back. A failure is told as by `bind`. zmq_unbind(3) */
  unbind(address: string, callback?: Callback): this {
    this.#endpoints.unbind(address, callback);
    return this;
  }

  /** Unbinds at once. @throws Error with `code` and `errno` */
  unbindSync(address: string): this {
    this.#endpoints.unbindSync(address);
    return this;
  }

  /** Connects before it returns, and calls the callback after that. The classic package ignored the callback. */
  connect(address: string, callback?: Callback): this {
    this.#endpoints.connect(address, callback);
    return this;
  }

  /** Ends a connection at once. zmq_disconnect(3) */
  disconnect(address: string): this {
    this.#endpoints.disconnect(address);
    return this;
  }

  /**
   * Sends `message`: a string, a buffer, an array of frames, or anything else, which is turned into a string, as are the frames
   * of an array. With `ZMQ_SNDMORE` in `flags` more frames of the same message follow with the next call. Strings, buffers
   * and whatever follows them in place of `flags` or behind are further frames.
   *
   * The callback is called once: when libzmq has the message, or with the error that it was not sent for. An error without a
   * callback is an `error` event, and without a listener is thrown: by this call where it is known by then, else later and
   * uncaught. After `close` it is a warning of the process.
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

  /** The next message as an array of frames, or null if there is none now. Meant for a socket that is paused. */
  read(): Buffer[] | null {
    return this.#standing.closed ? null : (this.#receiving.readNow() ?? null);
  }

  /** From here on no message is emitted, and those that are sent wait, until `resume`. */
  pause(): void {
    this.#standing.change({ paused: true });
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.#standing.change({ paused: false });
  }

  /** Lets the process end although this socket has endpoints. Its messages are then looked for every 10 ms. */
  unref(): void {
    this.#standing.change({ detached: true });
  }

  /** Undoes `unref()`. */
  ref(): void {
    this.#standing.change({ detached: false });
  }

  /**
   * Asks for messages that begin so; of a sub socket. Each call counts, and needs an `unsubscribe` of its own.
   * zmq_setsockopt(3), ZMQ_SUBSCRIBE
   */
  subscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_SUBSCRIBE, filter);
  }

  /** Takes back one `subscribe` of the same filter. zmq_setsockopt(3), ZMQ_UNSUBSCRIBE */
  unsubscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_UNSUBSCRIBE, filter);
  }

  /** Sets an option by its number, its name or its constant's name. */
  setsockopt(option: number | OptionName | (string & {}), value: unknown): this {
    const number = optionNumber(option);
    this.#standing.checkOpen();
    this.#options.set(number, value);
    this.#sending.optionSet(number, value);
    return this;
  }

  /** An option by its number, or by its name with or without ZMQ_. zmq_getsockopt(3) */
  getsockopt(option: number | OptionName | (string & {})): unknown {
    const number = optionNumber(option);
    this.#standing.checkOpen();
    return this.#options.get(number);
  }

  /**
   * Emits what happens to the connections, as the events `connect`, `connect_delay`, `connect_retry`, `listen`, `bind_error`, `accept`,
   * `accept_error`, `close`, `close_error` and `disconnect` with a value and the endpoint. The value is an error number or the
   * interval of a retry in milliseconds, else -1.
   *
   * @param interval milliseconds between two looks, more than 0. Default 10
   * @param count events that one look emits at most, 0 for all. Default 1
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

  /** Stops telling of events. */
  unmonitor(): this {
    this.#watch?.stop();
    this.#watch = undefined;
    return this;
  }

  /**
   * Closes the socket. What was sent still has `linger` milliseconds to leave; by default, which reads -1, 2 000; without an
   * endpoint none. What did not leave gets its callback called with an error.
   */
  close(): this {
    this.#sending.drain();
    if (!this.#standing.closed) this.#endpoints.close();
    return this;
  }
}

defineProperties(ClassicSocket.prototype);

/** Whether arguments behind a message are its flags, and no further frames. */
function areFlags([flags, ...others]: readonly unknown[]): boolean {
  const given = typeof flags === "number" || flags === null || flags === undefined;
  return given && others.every((other) => other === null || other === undefined);
}

/** A socket of the classic package; also to be called by the constructors of old classes that inherit from it. */
export const Socket = callable(ClassicSocket);
export type Socket = ClassicSocket;

/** Opens a socket of a type and sets options that are its properties. */
export function socket(type: SocketType | number, settings?: Readonly<Record<string, unknown>>): Socket {
  const made = new Socket(type);
  for (const name in settings) Object.assign(made, { [name]: settings[name] });
  return made;
}
