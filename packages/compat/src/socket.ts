/** A socket with the callback API of the classic package, over one of core's. */

import { EventEmitter } from "node:events";
import * as core from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { constants, optionNumbers, type SocketType, states, types } from "./constants.ts";
import { classicError, closedError, systemError } from "./errors.ts";
import { type AnySocket, getOption, type OptionName, optionNumber, options, setOption } from "./options.ts";
import { type Batch, Outgoing, type SendCallback } from "./outgoing.ts";
import { bindAgain, bindSyncAgain, noteClosing } from "./rebind.ts";
import { Watch } from "./watch.ts";

const classes = {
  pub: core.Publisher,
  xpub: core.XPublisher,
  sub: core.Subscriber,
  xsub: core.XSubscriber,
  req: core.Request,
  xreq: core.Dealer,
  rep: core.Reply,
  xrep: core.Router,
  push: core.Push,
  pull: core.Pull,
  dealer: core.Dealer,
  router: core.Router,
  pair: core.Pair,
  stream: core.Stream,
};

/** The newer of the names of each type, by number. */
const typeNames = new Map<number, string>(Object.entries(types).map(([name, number]) => [number, name]));

/** Messages that one turn of the event loop hands to libzmq from inside `send`; the others follow it. */
const longestBurst = 64;
/** Milliseconds between two looks for messages on a socket that does not keep the process alive. */
const detachedInterval = 10;
/** The longest timer that there is, in milliseconds. */
const longest = 2 ** 31 - 1;

type AnyListener = Parameters<EventEmitter["on"]>[1];

type BindCallback = (error?: Error) => void;

// The options are accessors made from their table at the end of this file.
export interface Socket extends Record<Exclude<OptionName, "_subscribe" | "_unsubscribe">, unknown> {
  /** A message is one argument a frame. */
  on(event: "message", listener: (...frames: Buffer[]) => void): this;
  on(event: string | symbol, listener: AnyListener): this;
  once(event: "message", listener: (...frames: Buffer[]) => void): this;
  once(event: string | symbol, listener: AnyListener): this;
  addListener(event: "message", listener: (...frames: Buffer[]) => void): this;
  addListener(event: string | symbol, listener: AnyListener): this;
}

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
          this.#listen();
          return this;
        },
      });
    }
  }

  /** As it was asked for: `"xreq"` stays `"xreq"`. */
  readonly type: SocketType;
  readonly #socket: AnySocket;
  readonly #receives: boolean;
  readonly #sends: boolean;
  /** Binds and unbinds, one after the other. */
  #line: Promise<void> = Promise.resolve();
  readonly #outgoing = new Outgoing();
  /** Options that have no effect below, or another than they had. */
  readonly #kept = new Map<number, unknown>([
    [optionNumbers.ZMQ_LINGER, -1],
    [optionNumbers.ZMQ_RCVTIMEO, -1],
    [optionNumbers.ZMQ_SNDTIMEO, -1],
  ]);
  /** Messages that may wait to be sent, 1 or more; one more is refused with an error. The classic package had no limit. */
  maxPendingSends = 1_000_000;
  #paused = false;
  #detached = false;
  #closed = false;
  #endpoints = 0;
  /** Binds and unbinds that are still to be done. */
  #busy = 0;
  #sending = false;
  /** What was sent from inside `send` in this turn of the event loop. */
  #burst = 0;
  /** Settles when core has closed the socket. */
  #ended: Promise<void> | undefined;
  #lost = 0;
  #reader: ReturnType<AnySocket[typeof internals]["inbox"]["request"]> | undefined;
  #alive: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #watch: Watch | undefined;

  /** @throws Error `EMFILE` when there are as many sockets or descriptors as there may be, TypeError for an unknown type. */
  constructor(type: SocketType | number) {
    super();
    this.type = checkType(type);
    try {
      this.#socket = new classes[this.type]() as unknown as AnySocket;
    } catch (error) {
      throw classicError(error);
    }
    this.#receives = "receive" in this.#socket;
    this.#sends = "send" in this.#socket;
    const parts = this.#socket[internals];
    parts.outbox.maxPending = Number.POSITIVE_INFINITY;
    parts.mayBeAwaited = false;
    if ("immediate" in this.#socket) this.#socket.immediate = false;
    if ("mandatory" in this.#socket) Object.assign(this.#socket, { mandatory: false });
  }

  /** @internal */
  get state(): number {
    if (this.#closed) return states.STATE_CLOSED;
    return this.#busy > 0 ? states.STATE_BUSY : states.STATE_READY;
  }

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this.#closed;
  }

  bind(address: string, callback?: BindCallback): this {
    checkAddress(address);
    this.#later(
      async () => {
        await bindAgain(() => this.#socket.bindSync(address));
        this.#gained(1);
        return "bind";
      },
      address,
      callback,
    );
    return this;
  }

  bindSync(address: string): this {
    checkAddress(address);
    this.#guarded(() => bindSyncAgain(() => this.#socket.bindSync(address)));
    this.#gained(1);
    return this;
  }

  unbind(address: string, callback?: BindCallback): this {
    checkAddress(address);
    this.#later(
      async () => {
        await this.#socket.unbind(address);
        this.#gained(-1);
        return "unbind";
      },
      address,
      callback,
    );
    return this;
  }

  unbindSync(address: string): this {
    checkAddress(address);
    this.#guarded(() => this.#socket[internals].endpoints.unbindSync(address));
    this.#gained(-1);
    return this;
  }

  /** Connects before it returns, and calls the callback after that. The classic package ignored the callback. */
  connect(address: string, callback?: BindCallback): this {
    checkAddress(address);
    try {
      this.#guarded(() => this.#socket.connect(address));
    } catch (error) {
      if (typeof callback !== "function") throw error;
      setImmediate(() => callback.call(this, error as Error));
      return this;
    }
    this.#gained(1);
    if (typeof callback === "function") setImmediate(() => callback.call(this));
    return this;
  }

  disconnect(address: string): this {
    checkAddress(address);
    this.#guarded(() => this.#socket.disconnect(address));
    this.#gained(-1);
    return this;
  }

  /**
   * Sends `message`: a string, a buffer, an array of frames, or anything else, which is turned into a string, as are the frames
   * of an array. With `ZMQ_SNDMORE` in `flags` more frames of the same message follow with the next call. Strings, buffers
   * and whatever follows them in place of `flags` are further frames.
   *
   * The callback is called once: when libzmq has the message, or with the error that it was not sent for. An error without a
   * callback is an `error` event, and without a listener is thrown: by this call where it is known by then, else later and
   * uncaught. After `close` it is a warning of the process.
   */
  send(message: unknown, flags?: number | null, callback?: SendCallback): this;
  send(message: unknown, ...frames: unknown[]): this;
  send(message: unknown, ...rest: unknown[]): this {
    const callback = typeof rest.at(-1) === "function" ? (rest.pop() as SendCallback) : undefined;
    const spread = rest.length > 0 && !isFlags(rest[0]);
    const more = !spread && (Number(rest[0] ?? 0) & constants.ZMQ_SNDMORE) !== 0;
    const frames = spread ? [message, ...rest] : Array.isArray(message) ? message : [message];
    if (frames.length === 0) {
      callback?.call(this);
      return this;
    }
    if (this.#closed) {
      this.#fail({ frames: [], callbacks: callback }, closedError());
      return this;
    }
    const batch = this.#outgoing.complete(frames, more, callback);
    if (batch === undefined) return this;
    if (!this.#sends) this.#fail(batch, systemError("ENOTSUP"));
    else if (!this.#sendNow(batch)) this.#queue(batch);
    return this;
  }

  /** The next message as an array of frames, or null if there is none now. Meant for a socket that is paused. */
  read(): Buffer[] | null {
    if (this.#closed || !this.#receives) return null;
    return (this.#socket[internals].inbox.takeNow() as Buffer[] | undefined) ?? null;
  }

  /** From here on no message is emitted, and those that are sent wait, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#listen();
  }

  resume(): void {
    this.#paused = false;
    this.#listen();
    void this.#flush();
  }

  /** Lets the process end although this socket has endpoints. Its messages are then looked for every 10 ms. */
  unref(): void {
    this.#detached = true;
    this.#attach();
    this.#listen();
  }

  ref(): void {
    this.#detached = false;
    this.#attach();
    this.#listen();
  }

  subscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_SUBSCRIBE, filter);
  }

  unsubscribe(filter: string | Buffer): this {
    return this.setsockopt(optionNumbers.ZMQ_UNSUBSCRIBE, filter);
  }

  /** Sets an option by its number, its name or its constant's name. */
  setsockopt(option: number | OptionName | (string & {}), value: unknown): this {
    const number = optionNumber(option);
    if (this.#closed) throw closedError();
    if (this.#kept.has(number)) {
      if (typeof value !== "number") throw new Error("Value must be an integer");
      if (number === optionNumbers.ZMQ_LINGER) this.#guarded(() => Object.assign(this.#socket, { linger: value }));
      this.#kept.set(number, value);
    } else setOption(this.#socket, number, value);
    return this;
  }

  getsockopt(option: number | OptionName | (string & {})): unknown {
    const number = optionNumber(option);
    if (this.#closed) throw closedError();
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
    if (this.#closed) throw closedError();
    const watch = new Watch(
      () => this.#guarded(() => this.#socket.events()),
      (name, ...values) => {
        // Nobody listens to an event of that name: then it is not an error of the program.
        this.#emit(name, ...values);
      },
      interval,
      count,
    );
    this.#watch?.stop();
    this.#watch = watch;
    return this;
  }

  unmonitor(): this {
    this.#watch?.stop();
    this.#watch = undefined;
    return this;
  }

  /**
   * Closes the socket. What was sent still has `linger` milliseconds to leave; by default, which reads -1, 2 000. What did not gets
   * its callback called with an error.
   */
  close(): this {
    if (this.#closed) return this;
    this.#closed = true;
    this.#listen();
    this.#endpoints = 0;
    this.#attach();
    for (const callback of this.#outgoing.abandonOpen()) this.#callBack(callback, closedError());
    for (let batch = this.#outgoing.shift(); batch !== undefined; batch = this.#outgoing.shift())
      void this.#deliver(batch);
    this.#ended = this.#socket.close();
    noteClosing(this.#ended);
    return this;
  }

  /** Does a bind or unbind after this turn of the event loop, behind those that were asked for before. */
  #later(work: () => Promise<string>, address: string, callback: BindCallback | undefined): void {
    if (callback && typeof callback !== "function") throw new TypeError("Provided callback must be a function");
    if (this.#closed) throw closedError();
    this.#busy += 1;
    this.#line = this.#line.then(async () => {
      await new Promise(setImmediate);
      let done: string | undefined;
      let failure: Error | undefined;
      try {
        if (this.#closed) throw closedError();
        done = await work();
      } catch (error) {
        failure = classicError(error);
      }
      this.#busy -= 1;
      void this.#flush();
      if (failure === undefined) {
        this.#emit(done as string, address);
        if (callback) this.#callBack(callback);
      } else if (callback) this.#callBack(callback, failure);
      else if (!this.#closed) this.#raise(failure);
    });
  }

  #gained(change: 1 | -1): void {
    this.#endpoints += change;
    this.#attach();
    this.#listen();
    void this.#flush();
  }

  /** Keeps the process alive, and this socket with it, while there is an endpoint, as the classic package did. */
  #attach(): void {
    if (this.#endpoints > 0 && !this.#detached) {
      this.#alive ??= setInterval(() => this.#listen(), longest);
    } else {
      clearInterval(this.#alive);
      this.#alive = undefined;
    }
  }

  /** Asks for the next message if somebody wants it now, and no longer if nobody does. */
  #listen(): void {
    const wanted =
      this.#receives && !this.#closed && !this.#paused && this.#endpoints > 0 && this.listenerCount("message") > 0;
    const { inbox } = this.#socket[internals];
    if (wanted && !this.#detached) {
      this.#reader ??= inbox.request(this.#take, this.#lose, true);
    } else if (this.#reader !== undefined) {
      inbox.leave(this.#reader);
      this.#reader = undefined;
    }
    if (wanted && this.#detached) {
      this.#poll ??= setInterval(() => {
        while (this.#poll !== undefined) {
          const message = this.read();
          if (message === null) return;
          this.#emit("message", ...message);
        }
      }, detachedInterval).unref();
    } else {
      clearInterval(this.#poll);
      this.#poll = undefined;
    }
  }

  readonly #take = (message: unknown): void => {
    this.#reader = undefined;
    const frames = message as Buffer[];
    if (frames.length === 1) this.#emit("message", frames[0]);
    else this.#emit("message", ...frames);
    this.#listen();
  };

  readonly #lose = (error: unknown): void => {
    this.#reader = undefined;
    if (this.#closed) return;
    if ((error as { code?: unknown }).code === "ERR_CLOSED") {
      // Core's `closeAll` is closing the socket, and is still about it.
      queueMicrotask(() => this.close());
      return;
    }
    this.#raise(classicError(error));
    this.#listen();
  };

  /** Hands a message to libzmq before this returns, if it takes it. */
  #sendNow(batch: Batch): boolean {
    const { outbox } = this.#socket[internals];
    if (this.#paused || this.#busy > 0 || this.#outgoing.size > 0 || this.#sending || !outbox.idle) return false;
    if (this.#burst === 0) setImmediate(() => (this.#burst = 0));
    if (++this.#burst > longestBurst) return false;
    try {
      outbox.sendNow(batch.frames);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN" || code === "EFSM" || code === "EBUSY") return false;
      this.#fail(batch, classicError(error));
      return true;
    }
    this.#succeed(batch);
    return true;
  }

  #queue(batch: Batch): void {
    if (this.#outgoing.size >= this.maxPendingSends) {
      this.#fail(batch, systemError("ENOBUFS"));
      return;
    }
    this.#outgoing.push(batch);
    void this.#flush();
  }

  /** Sends what waits, in order, as fast as libzmq takes it. */
  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (!this.#paused && this.#busy === 0 && this.#endpoints > 0) {
      const batch = this.#outgoing.shift();
      if (batch === undefined) break;
      await this.#deliver(batch);
    }
    this.#sending = false;
  }

  async #deliver(batch: Batch): Promise<void> {
    try {
      await this.#socket[internals].outbox.send(batch.frames, { copy: false });
    } catch (error) {
      this.#fail(batch, classicError(error), true);
      return;
    }
    this.#succeed(batch);
  }

  #succeed({ callbacks }: Batch): void {
    if (callbacks === undefined) return;
    if (typeof callbacks === "function") this.#callBack(callbacks);
    else for (const callback of callbacks) this.#callBack(callback);
  }

  #fail({ callbacks }: Batch, error: Error, later = false): void {
    if (callbacks === undefined || (Array.isArray(callbacks) && callbacks.length === 0)) {
      if (this.#closed) this.#warn();
      else if (later) this.#raise(error);
      else this.emit("error", error);
    } else if (typeof callbacks === "function") this.#callBack(callbacks, error);
    else for (const callback of callbacks) this.#callBack(callback, error);
  }

  /** Messages that are lost with a closed socket, and whose sender asked for no callback, make one warning. */
  #warn(): void {
    this.#lost += 1;
    if (this.#lost > 1) return;
    const warn = () => {
      process.emitWarning(`A closed ${this.type} socket did not send ${this.#lost} of its messages`);
      this.#lost = 0;
    };
    void this.#ended?.then(() => setTimeout(warn));
  }

  #callBack(callback: SendCallback, error?: Error): void {
    try {
      if (error === undefined) callback.call(this);
      else callback.call(this, error);
    } catch (thrown) {
      this.#raise(thrown);
    }
  }

  #emit(name: string, ...values: unknown[]): void {
    try {
      EventEmitter.prototype.emit.call(this, name, ...values);
    } catch (thrown) {
      this.#raise(thrown);
    }
  }

  /** What a handler throws is an `error` event, as it was; without a listener it is an uncaught exception. */
  #raise(thrown: unknown): void {
    queueMicrotask(() => {
      if (this.listenerCount("error") === 0) throw thrown;
      this.emit("error", thrown as Error);
    });
  }

  #guarded<T>(use: () => T): T {
    if (this.#closed) throw closedError();
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

function checkType(type: unknown): SocketType {
  const name = typeof type === "number" ? typeNames.get(type) : type;
  if (typeof name !== "string" || !Object.hasOwn(classes, name))
    throw new TypeError(`Unknown socket type ${JSON.stringify(type)}`);
  return name as SocketType;
}

function isFlags(value: unknown): value is number | null | undefined {
  return value === null || value === undefined || typeof value === "number";
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
