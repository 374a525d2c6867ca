/** What a program sees of a socket: the members that all types share, and those of the types that receive and send. */

import { checkObject } from "../check.ts";
import { EventStream } from "../connecting/event-stream.ts";
import type { SocketEvent } from "../connecting/monitor.ts";
import { type ReadyOptions, waitUntilReady } from "../connecting/ready.ts";
import { internals } from "../internals-key.ts";
import { refuseUndefined } from "../keys/mechanism.ts";
import { defineImmediate } from "../kinds/immediate.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import type { Message, Sendable } from "../message/message.ts";
import { nativeSocketPrototype } from "../native/native.ts";
import { defineOptions } from "../options/option-accessors.ts";
import type { CommonOptions, CommonStatus, ReceivingOptions, SendingOptions } from "../options/options.ts";
import { defineReceivingOptions, defineSendingOptions } from "../options/own-options.ts";
import { strictBase } from "../options/strict-properties.ts";
import type { Inbox } from "../receiving/inbox.ts";
import { receive } from "../receiving/receive.ts";
import { type BatchOptions, BatchStream, MessageStream } from "../receiving/stream.ts";
import { sendAll } from "../sending/send-all.ts";
import type { SendOptions } from "../sending/send-options.ts";
import type { StreamOptions, WaitOptions } from "../waiting/wait-options.ts";
import type { Context } from "./context.ts";
import type { CloseOptions } from "./open-sockets.ts";
import { SocketCore } from "./socket-core.ts";

/** The option of every socket that is fixed at its construction. */
export interface ContextOption {
  /** The context to belong to. @default the one that all sockets of the process share */
  context: Context;
}

/** The defaults of all types that differ from libzmq's. Each type has further ones. */
const defaults = { linger: 2_000, handshakeInterval: 2_500 } as const;

// The options are accessors made from zeromq's own at the end of this file, hence interfaces that merge with the classes.
export interface Socket extends CommonOptions, CommonStatus {}

/**
 * A ZeroMQ socket. It lives until `close()`, or the end of the scope that has it by `await using`. To assign a property that it does not have,
 * as an option that is misspelt, is a TypeError; a class of yours that extends one of these may add its own.
 */
export abstract class Socket implements AsyncDisposable {
  /** @internal */
  readonly [internals]: SocketCore;

  protected constructor(kind: SocketKind, options: object = {}) {
    checkObject(kind.name, options);
    const { context, ...rest } = options as { context?: Context };
    const core = new SocketCore(kind, context);
    this[internals] = core;
    try {
      for (const [name, value] of Object.entries(rest)) {
        if (!(name in this) || !isWritable(this, name))
          throw new TypeError(`${kind.name} has no option ${JSON.stringify(name)}`);
        refuseUndefined(name, value);
      }
      const given = Object.entries(rest).filter(([, value]) => value !== undefined);
      for (const [name, value] of Object.entries({ ...defaults, ...kind.defaults, ...Object.fromEntries(given) })) {
        Object.assign(this, { [name]: value });
      }
    } catch (error) {
      core.closeNow();
      throw error;
    }
  }

  /**
   * Binds to an address and gives the endpoint that was really bound, with `*` and port 0 resolved. Receives and sends in
   * progress go on undisturbed. A bind address is `*`, an interface name, or an IP address or name of this machine; see
   * zmq_bind(3).
   *
   * A path of `ipc://` is taken over from a socket, and from nothing else.
   *
   * @throws AddressError, UnsupportedError, ClosedError, TypeError for CURVE or PLAIN with a key, name or password missing, and
   * MessagingError `ERR_SOCKET_LIMIT` without a dozen free file descriptors
   */
  async bind(address: string): Promise<string> {
    return this[internals].endpoints.bind(address);
  }

  /**
   * As `bind`, at once. Of a bind libzmq makes an event, and it waits for ever for room in a full queue of them. So a socket that is
   * watched and has another endpoint throws `QueueFullError` where the queue may be full: after 100 binds in one turn of the event loop, or
   * 20 ms of work in it, unless libzmq's own threads have worked for less than 2 ms meanwhile (which Linux tells). `bind` waits instead.
   */
  bindSync(address: string): string {
    return this[internals].endpoints.bindSync(address);
  }

  /**
   * Gives up an endpoint, named as it was bound or as it was asked for. When this resolves it can be bound again. The
   * connections that came by way of it end: what has arrived can still be read, what is on its way is lost.
   *
   * @throws AddressError `ERR_ADDRESS_UNAVAILABLE` for one that is not bound, ClosedError
   */
  async unbind(address: string): Promise<void> {
    await this[internals].endpoints.unbind(address);
  }

  /**
   * Connects, in the background and again whenever the connection breaks. The peer need not be there yet. zmq_connect(3)
   *
   * @throws AddressError, UnsupportedError, ClosedError, TypeError for CURVE or PLAIN with a key, name or password missing
   */
  connect(address: string): void {
    this[internals].endpoints.connect(address);
  }

  /**
   * Ends a connection. Messages of that peer which were not read yet are dropped by libzmq. zmq_disconnect(3)
   *
   * On a Push with `immediate`, its default, libzmq's own thread ends the connection a moment later and tells
   * nobody: a message that is sent in that moment may be given to the connection, and is lost with it. Send it on another
   * socket, or open this one with `immediate: false`.
   *
   * @throws AddressError `ERR_ADDRESS_UNAVAILABLE` for one that is not connected, ClosedError
   */
  disconnect(address: string): void {
    this[internals].endpoints.disconnect(address);
  }

  /** What is bound and connected now, bound endpoints first. */
  get endpoints(): string[] {
    return this[internals].endpoints.all;
  }

  get context(): Context {
    return this[internals].context;
  }

  /** True from the call of `close` on. */
  get closed(): boolean {
    return this[internals].closed;
  }

  /**
   * Resolves when `peers` peers have finished their handshake and are still there; a socket that publishes also waits for
   * a first subscription to follow, up to 200 ms, or those of several peers, up to a second.
   *
   * On a socket that connects, a handshake that fails for good (wrong key, denied login) rejects with `HandshakeError`, where it came before the call some 100 ms later; one that binds does not fail because a stranger knocked.
   * A peer of ZMTP 1 or 2 (JeroMQ 0.3, ZeroMQ 3) counts when its connection has stood for longer than `handshakeInterval`; at a Push, Dealer or
   * Request that connects, at once.
   *
   * Push, Dealer and Request, and Router and publishers that bind, count from the first call of `ready` or `events` on; in a
   * worker thread all types do. Of earlier handshakes they know whether there is a peer (publishers: a subscription; in a
   * worker the other types nothing). To wait there for several peers, call this before `bind` or `connect` and await it after.
   * A bound Subscriber sends its subscriptions while it receives. Over `inproc://` there is no handshake: a connection counts at
   * once, and a bound socket counts those of its own thread.
   *
   * @throws TimeoutError, HandshakeError, ClosedError
   */
  ready(options?: ReadyOptions): Promise<void> {
    return waitUntilReady(this[internals], options);
  }

  /**
   * What happens to the socket and its connections, from about this call on, until the socket is closed (the last event is
   * `end`). Reading slowly, leaving the loop or throwing in it disturbs no socket: up to 1 000 events wait for a reader,
   * then the oldest go and a `dropped` event says how many.
   */
  events(options?: StreamOptions): AsyncIterableIterator<SocketEvent, undefined> {
    this[internals].checkOpen("watch events");
    return new EventStream(this[internals], options);
  }

  /**
   * Closes the socket. Calling it again gives the same promise, or with a shorter `linger` one that resolves by then. Loops end and waiting receives reject `ClosedError`.
   * Sends that wait are still handed over within `linger`, then reject `ClosedError`. Resolves when libzmq has let go of
   * the socket: what was sent has left or `linger` is over, and its ports are free; a socket that also has an `inproc://`
   * endpoint is let go of in the background. Messages received but not read are dropped.
   */
  close(options?: CloseOptions): Promise<void> {
    return this[internals].close(options);
  }

  /** As `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** What a socket that receives can do. `M` is the message that it gives. */
export interface Receiving<M = Message> extends ReceivingOptions, AsyncIterable<M, undefined> {
  /**
   * The next message. Any number of calls may wait: they are served in the order of the calls, each message goes to one.
   * One that is aborted or times out loses nothing: the next reader gets the message.
   *
   * @throws TimeoutError, ClosedError, `signal.reason`, or MessagingError `ERR_NATIVE` if libzmq fails
   */
  receive(options?: WaitOptions): Promise<M>;
  /** A stream of messages, to be aborted by `signal`. It ends when the socket closes. Several share the messages. */
  messages(options?: StreamOptions): AsyncIterableIterator<M, undefined>;
  /** The same in arrays of what is there now: at least one message, `max` at most. */
  batches(options?: BatchOptions): AsyncIterableIterator<M[], undefined>;
  /** `for await (const message of socket)`: leaving the loop leaves the socket open and loses nothing. */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined>;
}

/** What a socket that sends can do. `S` is what it takes. */
export interface Sending<S = Sendable> extends SendingOptions {
  /**
   * Sends a message; resolves when libzmq has accepted it, to be delivered in the background. Any number of calls may
   * wait, and are sent in the order of the calls. Waiting at the high-water mark is the backpressure. A send that is
   * aborted or times out is never delivered later.
   *
   * From a worker thread over `inproc://`, binary frames of more than 128 bytes must not outlive the worker, see `closeAll`.
   *
   * @throws TypeError before anything is sent, TimeoutError, QueueFullError, ClosedError, `signal.reason`, UnroutableError on
   * sockets that address their peers, or MessagingError `ERR_NATIVE` if libzmq fails
   */
  send(message: S, options?: SendOptions): Promise<void>;
  /**
   * Sends everything that `source` gives, asking for the next only when the last was accepted. Resolves to the number of
   * messages sent. When it ends early it closes the source; what the source had given then and was not accepted is not sent.
   */
  sendAll(source: Iterable<S> | AsyncIterable<S>, options?: StreamOptions): Promise<number>;
}

export interface ReceivingSocket<M = Message> extends Receiving<M> {}
/** A socket that receives. A {@link DuplexSocket}, which sends as well, is an instance of this class too. */
export abstract class ReceivingSocket<M = Message> extends Socket implements Receiving<M> {
  receive(options?: WaitOptions): Promise<M> {
    return receive(inboxOf<M>(this), options);
  }
  messages(options?: StreamOptions): AsyncIterableIterator<M, undefined> {
    return new MessageStream(inboxOf<M>(this), options);
  }
  batches(options?: BatchOptions): AsyncIterableIterator<M[], undefined> {
    return new BatchStream(inboxOf<M>(this), options);
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    return this.messages();
  }
}

export interface SendingSocket<S = Sendable> extends Sending<S> {}
/** A socket that only sends. A {@link DuplexSocket} is no instance of this class. */
export abstract class SendingSocket<S = Sendable> extends Socket implements Sending<S> {
  send(message: S, options?: SendOptions): Promise<void> {
    return this[internals].outbox.send(message, options);
  }
  sendAll(source: Iterable<S> | AsyncIterable<S>, options?: StreamOptions): Promise<number> {
    return sendAll(this, this[internals].closing, source, options);
  }
}

export interface DuplexSocket<M = Message, S = Sendable> extends Receiving<M>, Sending<S> {}
/**
 * A socket that receives and sends: an instance of {@link ReceivingSocket}, and not of {@link SendingSocket}, whose
 * `send` and `sendAll` it has all the same.
 */
export abstract class DuplexSocket<M = Message, S = Sendable> extends ReceivingSocket<M> implements Sending<S> {}

// JavaScript has single inheritance: what a duplex socket sends with is what any sending socket does.
for (const name of ["send", "sendAll"] as const) {
  Object.defineProperty(DuplexSocket.prototype, name, {
    value: SendingSocket.prototype[name],
    configurable: true,
    writable: true,
  });
}

function inboxOf<M>(socket: Socket): Inbox<M> {
  return socket[internals].inbox as Inbox<M>;
}

function isWritable(socket: object, name: string): boolean {
  for (let object = socket; object !== null; object = Object.getPrototypeOf(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (descriptor !== undefined) return descriptor.set !== undefined;
  }
  return false;
}

Object.setPrototypeOf(Socket.prototype, strictBase);
defineOptions(Socket.prototype, nativeSocketPrototype);
defineImmediate(ReceivingSocket.prototype);
defineReceivingOptions(ReceivingSocket.prototype);
defineSendingOptions(SendingSocket.prototype);
defineSendingOptions(DuplexSocket.prototype);
