/** The members that all sockets share. */

import { checkObject } from "../check.ts";
import { EventStream } from "../connecting/event-stream.ts";
import type { SocketEvent } from "../connecting/monitor.ts";
import { type ReadyOptions, waitUntilReady } from "../connecting/ready.ts";
import { internals } from "../internals-key.ts";
import { refuseUndefined } from "../keys/mechanism.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import { nativeSocketPrototype } from "../native/native.ts";
import type { CommonOptions, CommonStatus } from "../options/common-options.ts";
import { defineOptions } from "../options/option-accessors.ts";
import { strictBase } from "../options/strict-properties.ts";
import type { StreamOptions } from "../waiting/wait-options.ts";
import type { Context } from "./context.ts";
import type { CloseOptions } from "./open-sockets.ts";
import { SocketCore } from "./socket-core.ts";

/** The option of every socket that is fixed at its construction. */
interface ContextOption {
  /** The context of the socket. @default the one that all sockets of the process share */
  context: Context;
}

/** The options of every socket. */
export type BaseOptions = CommonOptions & ContextOption;

/** Defaults of all types that differ from libzmq's. Each type adds its own. */
const defaults = { linger: 2_000, handshakeInterval: 2_500 } as const;

// The options are accessors, made from zeromq's own at the end of this file. So their types come from an interface that merges with the class.
export interface Socket extends CommonOptions, CommonStatus {}

/**
 * The base class of all ZeroMQ sockets: bind, connect, options, events and close.
 *
 * A socket stays open until `close()`, or until the scope that declared it with `await using` ends. Assigning a property that it does not
 * have, such as a misspelt option, throws a TypeError. Your own subclasses may add properties.
 *
 * @category Sockets
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
   * Binds to an address, and resolves to the bound endpoint, with `*` and port 0 resolved.
   *
   * Pending receives and sends are not disturbed. The host of an address is `*`, an interface name, or an IP address or name of this
   * machine. The file of an `ipc://` path is replaced if it is a socket; any other file is refused. See zmq_bind(3).
   *
   * @param address such as "tcp://127.0.0.1:5555", "ipc:///tmp/a.sock" or "inproc://a"
   * @returns the endpoint to connect to
   * @throws AddressError `ERR_ADDRESS_INVALID`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_UNAVAILABLE`; UnsupportedError `ERR_UNSUPPORTED`;
   * ClosedError `ERR_CLOSED`; TypeError if a key, name or password of CURVE or PLAIN is missing; MessagingError `ERR_SOCKET_LIMIT` if
   * the process has fewer than a dozen free file descriptors
   */
  async bind(address: string): Promise<string> {
    return this[internals].endpoints.bind(address);
  }

  /**
   * Binds like `bind`, but synchronously.
   *
   * libzmq reports each bind as an event, and blocks forever if the queue of events is full. So a watched socket that has another endpoint
   * throws `QueueFullError` when the queue may be full. That is after 100 binds, or 20 ms of work, in one turn of the event loop, unless
   * libzmq's own threads have worked for less than 2 ms meanwhile (known on Linux only). `bind` waits instead.
   *
   * @param address as for `bind`
   * @returns the endpoint to connect to
   * @throws the errors of `bind`; QueueFullError `ERR_QUEUE_FULL`
   */
  bindSync(address: string): string {
    return this[internals].endpoints.bindSync(address);
  }

  /**
   * Stops listening on an endpoint. It can be bound again when this resolves.
   *
   * The connections accepted on it are closed. Messages that have arrived can still be read. Messages in flight are lost.
   *
   * @param address the endpoint that `bind` returned, or the address that it was given
   * @throws AddressError `ERR_ADDRESS_UNAVAILABLE` if the endpoint is not bound; ClosedError `ERR_CLOSED`
   */
  async unbind(address: string): Promise<void> {
    await this[internals].endpoints.unbind(address);
  }

  /**
   * Connects to a peer in the background, and reconnects whenever the connection breaks.
   *
   * The peer need not be running yet. See zmq_connect(3).
   *
   * @param address such as "tcp://example.com:5555", "ipc:///tmp/a.sock" or "inproc://a"
   * @throws AddressError `ERR_ADDRESS_INVALID`; UnsupportedError `ERR_UNSUPPORTED`; ClosedError `ERR_CLOSED`; TypeError if a key, name or
   * password of CURVE or PLAIN is missing
   */
  connect(address: string): void {
    this[internals].endpoints.connect(address);
  }

  /**
   * Disconnects from a peer. libzmq drops the messages of that peer that were not read yet.
   *
   * On a Push with `immediate`, its default, libzmq disconnects a moment later in its own thread, without an event. A message sent in that
   * moment may go to the closing connection, and is lost. Send it on another socket, or open this one with `immediate: false`. See
   * zmq_disconnect(3).
   *
   * @param address the address that `connect` was given
   * @throws AddressError `ERR_ADDRESS_UNAVAILABLE` if the socket is not connected to it; ClosedError `ERR_CLOSED`
   */
  disconnect(address: string): void {
    this[internals].endpoints.disconnect(address);
  }

  /** The current endpoints: bound ones first, then connected ones. */
  get endpoints(): string[] {
    return this[internals].endpoints.all;
  }

  /** The context of the socket. */
  get context(): Context {
    return this[internals].context;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this[internals].closed;
  }

  /**
   * Resolves when `peers` peers are connected and have finished their handshake.
   *
   * Sockets that publish also wait for the subscriptions that follow: for one peer up to 200 ms, for several up to a second.
   *
   * A socket that connects rejects with `HandshakeError` when a handshake fails for good (wrong key, denied login). If it failed before
   * the call, the rejection comes about 100 ms later. A socket that binds does not fail because a stranger could not connect.
   *
   * Peers of ZMTP 1 or 2 (JeroMQ 0.3, ZeroMQ 3) count once their connection has lasted longer than `handshakeInterval`. At a Push, Dealer
   * or Request that connects, they count at once.
   *
   * Some sockets count peers only from the first call of `ready` or `events`: Push, Dealer, Request, and a Router or publisher that binds.
   * In a worker thread, all types do. Of earlier handshakes these sockets know whether there is a peer; publishers, whether there is a
   * subscription; the other types in a worker know nothing. To wait for several peers there, call this before `bind` or `connect`, and
   * await it afterwards.
   *
   * A bound Subscriber sends its subscriptions while it receives. Over `inproc://` there is no handshake: a connection counts at once, and
   * a bound socket counts the peers of its own thread.
   *
   * @param options how many peers, and how long to wait
   * @throws TimeoutError `ERR_TIMEOUT`, HandshakeError `ERR_HANDSHAKE`, ClosedError `ERR_CLOSED`, `signal.reason`
   */
  ready(options?: ReadyOptions): Promise<void> {
    return waitUntilReady(this[internals], options);
  }

  /**
   * Iterates over the events of the socket and its connections, from this call until the socket is closed. The last event is `end`.
   *
   * A slow reader, a `break` or an error in the loop does not disturb the socket. Up to 1 000 events wait for a reader. Then the oldest
   * are dropped, and a `dropped` event has their number.
   *
   * @param options a signal to end the loop
   * @throws ClosedError `ERR_CLOSED`; in the loop, `signal.reason`
   */
  events(options?: StreamOptions): AsyncIterableIterator<SocketEvent, undefined> {
    this[internals].checkOpen("watch events");
    return new EventStream(this[internals], options);
  }

  /**
   * Closes the socket, and resolves when libzmq has released it.
   *
   * Loops end, and pending receives reject with `ClosedError`. Pending sends are still handed over within `linger`, then they reject with
   * `ClosedError`. On release, sent messages have left or `linger` is over, and the ports are free. A socket that also has an `inproc://`
   * endpoint is released in the background. Messages that were received but not read are dropped.
   *
   * Another call returns the same promise. With a shorter `linger` it returns one that resolves by then.
   *
   * @param options how long unsent messages are kept
   * @throws TypeError or RangeError for a wrong `linger`
   */
  close(options?: CloseOptions): Promise<void> {
    return this[internals].close(options);
  }

  /** Calls `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
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
