/** A socket with the callback API of the classic package, over one of core's. */

import { EventEmitter } from "node:events";
import { internals } from "@awaitmq/core/internals";
import { constants, optionNumbers, type SocketType, states } from "./constants.ts";
import { classicError, closedError } from "./errors.ts";
import { type Callback, Handlers } from "./handlers.ts";
import type { AnySocket } from "./option-kinds.ts";
import { getOption, type OptionName, optionNumber, options, setOption } from "./options.ts";
import { bindAgain, bindSyncAgain, noteLeaving } from "./rebind.ts";
import { Receiving } from "./receiving.ts";
import { Sending } from "./sending.ts";
import { openSocket, socketType } from "./socket-types.ts";
import { newStanding, type Standing } from "./standing.ts";
import { Watch } from "./watch.ts";

type UntypedOption = Exclude<OptionName, "_subscribe" | "_unsubscribe" | "identity" | "last_endpoint">;
type AnyListener = Parameters<EventEmitter["on"]>[1];

// The options are accessors made from their table at the end of this file.
export interface Socket extends Record<UntypedOption, unknown> {
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
export class Socket extends EventEmitter {
  static {
    // Whether a message is wanted depends on whether somebody listens.
    for (const name of [
      "on",
      "addListener",
      "prependListener",
      "removeListener",
      "off",
      "removeAllListeners",
    ] as const) {
      const inherited = EventEmitter.prototype[name] as (...values: unknown[]) => unknown;
      Object.defineProperty(Socket.prototype, name, {
        configurable: true,
        writable: true,
        value(this: Socket, ...values: unknown[]) {
          inherited.apply(this, values);
          this.#receiving.update();
          return this;
        },
      });
    }
  }

  /** As it was asked for: `"xreq"` stays `"xreq"`. */
  readonly type: SocketType;
  readonly #socket: AnySocket;
  readonly #standing = newStanding();
  readonly #handlers = new Handlers(this);
  readonly #receiving: Receiving;
  readonly #sending: Sending;
  /** Binds and unbinds, one after the other. */
  #line: Promise<void> = Promise.resolve();
  /** Options that have no effect below, or another than they had. */
  readonly #kept = new Map<number, unknown>([
    [optionNumbers.ZMQ_LINGER, -1],
    [optionNumbers.ZMQ_RCVTIMEO, -1],
    [optionNumbers.ZMQ_SNDTIMEO, -1],
  ]);
  #watch: Watch | undefined;

  /** @throws Error `EMFILE` when there are as many sockets or descriptors as there may be, TypeError for an unknown type. */
  constructor(type: SocketType | number) {
    super();
    this.type = socketType(type);
    try {
      this.#socket = openSocket(this.type);
    } catch (error) {
      throw classicError(error);
    }
    const parts = this.#socket[internals];
    parts.outbox.maxPending = Number.POSITIVE_INFINITY;
    parts.mayBeAwaited = false;
    // By core's `closeAll`, where it is not by `close` here.
    parts.closing.addEventListener("abort", () => this.close());
    this.#socket.linger = 2_000;
    if ("immediate" in this.#socket) this.#socket.immediate = false;
    if ("mandatory" in this.#socket) Object.assign(this.#socket, { mandatory: false });
    this.#receiving = new Receiving(this, this.#socket, this.#handlers, this.#standing);
    this.#sending = new Sending(this, this.#socket, this.#handlers, this.#standing);
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

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this.#standing.closed;
  }

  /**
   * Binds after this turn of the event loop, and calls back. Without a callback a failure is an `error` event.
   * zmq_bind(3)
   */
  bind(address: string, callback?: Callback): this {
    checkAddress(address);
    this.#later(
      async () => {
        await bindAgain(address, () => this.#socket.bindSync(address));
        this.#gained(address);
        return "bind";
      },
      address,
      callback,
    );
    return this;
  }

  /** Binds at once. @throws Error with `code` and `errno`, such as `EADDRINUSE` */
  bindSync(address: string): this {
    checkAddress(address);
    this.#guarded(() => bindSyncAgain(address, () => this.#socket.bindSync(address)));
    this.#gained(address);
    return this;
  }

  /** Unbinds after this turn of the event loop, and calls back. A failure is told as by `bind`. zmq_unbind(3) */
  unbind(address: string, callback?: Callback): this {
    checkAddress(address);
    this.#later(
      async () => {
        await this.#socket.unbind(address);
        this.#gave();
        return "unbind";
      },
      address,
      callback,
    );
    return this;
  }

  /** Unbinds at once. @throws Error with `code` and `errno` */
  unbindSync(address: string): this {
    checkAddress(address);
    const endpoint = this.#guarded(() => this.#socket[internals].endpoints.unbindSync(address));
    void noteLeaving([endpoint]);
    this.#gave();
    return this;
  }

  /** Connects before it returns, and calls the callback after that. The classic package ignored the callback. */
  connect(address: string, callback?: Callback): this {
    checkAddress(address);
    try {
      this.#guarded(() => this.#socket.connect(address));
    } catch (error) {
      if (typeof callback !== "function") throw error;
      setImmediate(() => this.#handlers.callBack(callback, error as Error));
      return this;
    }
    this.#gained(address);
    if (typeof callback === "function") setImmediate(() => this.#handlers.callBack(callback));
    return this;
  }

  /** Ends a connection at once. zmq_disconnect(3) */
  disconnect(address: string): this {
    checkAddress(address);
    this.#guarded(() => this.#socket.disconnect(address));
    this.#gave();
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
    this.#change({ paused: true });
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.#change({ paused: false });
  }

  /** Lets the process end although this socket has endpoints. Its messages are then looked for every 10 ms. */
  unref(): void {
    this.#change({ detached: true });
  }

  /** Undoes `unref()`. */
  ref(): void {
    this.#change({ detached: false });
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
    if (this.#standing.closed) throw closedError();
    if (this.#kept.has(number)) {
      if (typeof value !== "number") throw new Error("Value must be an integer");
      if (number === optionNumbers.ZMQ_LINGER) this.#guarded(() => Object.assign(this.#socket, { linger: value }));
      this.#kept.set(number, value);
    } else setOption(this.#socket, number, value);
    return this;
  }

  /** An option by its number, or by its name with or without ZMQ_. zmq_getsockopt(3) */
  getsockopt(option: number | OptionName | (string & {})): unknown {
    const number = optionNumber(option);
    if (this.#standing.closed) throw closedError();
    return this.#kept.has(number) ? this.#kept.get(number) : getOption(this.#socket, number);
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
    if (this.#standing.closed) throw closedError();
    const watch = new Watch(
      () => this.#guarded(() => this.#socket.events()),
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
    if (this.#standing.closed) return this;
    const { endpoints } = this.#standing;
    const { bound } = this.#socket[internals].endpoints;
    this.#change({ closed: true, endpoints: 0 });
    // Nothing that waits for an endpoint can leave any more.
    const options = endpoints === 0 ? { linger: 0 } : undefined;
    void noteLeaving(
      bound,
      this.#sending.close(() => this.#socket.close(options)),
    );
    return this;
  }

  /** Does a bind or unbind after this turn of the event loop, behind those that were asked for before. */
  #later(work: () => Promise<string>, address: string, callback: Callback | undefined): void {
    if (callback && typeof callback !== "function") throw new TypeError("Provided callback must be a function");
    if (this.#standing.closed) throw closedError();
    this.#change({ busy: this.#standing.busy + 1 });
    this.#line = this.#line.then(async () => {
      await new Promise(setImmediate);
      let done: string | undefined;
      let failure: Error | undefined;
      try {
        if (this.#standing.closed) throw closedError();
        done = await work();
      } catch (error) {
        failure = classicError(error);
      }
      this.#change({ busy: this.#standing.busy - 1 });
      if (failure === undefined) {
        this.#handlers.emit(done as string, address);
        if (callback) this.#handlers.callBack(callback);
      } else if (callback) this.#handlers.callBack(callback, failure);
      else if (!this.#standing.closed) this.#handlers.raise(failure);
    });
  }

  #gained(address: string): void {
    if (address.startsWith("inproc://")) this.#sending.keepApart();
    this.#change({ endpoints: this.#standing.endpoints + 1 });
  }

  #gave(): void {
    this.#change({ endpoints: this.#standing.endpoints - 1 });
  }

  #change(change: Partial<Standing>): void {
    Object.assign(this.#standing, change);
    this.#receiving.update();
    void this.#sending.flush();
  }

  #guarded<T>(use: () => T): T {
    if (this.#standing.closed) throw closedError();
    try {
      return use();
    } catch (error) {
      throw classicError(error);
    }
  }
}

for (const [name, number] of Object.entries(options)) {
  Object.defineProperty(Socket.prototype, name, {
    configurable: true,
    get(this: Socket) {
      return this.getsockopt(number);
    },
    set(this: Socket, value: unknown) {
      this.setsockopt(number, value);
    },
  });
}

// Also as properties that are set: `sub.subscribe = "a"`, or in the settings of `socket`.
for (const name of ["subscribe", "unsubscribe"] as const) {
  const { value: method } = Object.getOwnPropertyDescriptor(Socket.prototype, name) as { value: Socket["subscribe"] };
  Object.defineProperty(Socket.prototype, name, {
    configurable: true,
    get: () => method,
    set(this: Socket, filter: string | Buffer) {
      method.call(this, filter);
    },
  });
}

/** Whether arguments behind a message are its flags, and no further frames. */
function areFlags([flags, ...others]: readonly unknown[]): boolean {
  const given = typeof flags === "number" || flags === null || flags === undefined;
  return given && others.every((other) => other === null || other === undefined);
}

function checkAddress(address: unknown): void {
  if (typeof address !== "string") throw new TypeError("Address must be a string!");
}

/** Opens a socket of a type and sets options that are its properties. */
export function socket(type: SocketType | number, settings?: Readonly<Record<string, unknown>>): Socket {
  const made = new Socket(type);
  for (const name in settings) Object.assign(made, { [name]: settings[name] });
  return made;
}
