/** The options of some socket types. See common-options.ts for those of all, and for the source of both. */

/**
 * Options of sockets that receive. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface ReceivingOptions {
  /** ZMQ_RCVBUF: size of the kernel's receive buffer in bytes, -1 for the system default. @default -1 */
  receiveBufferSize: number;
  /** ZMQ_RCVHWM: messages that may wait in libzmq per peer, 0 for no limit. TCP buffers hold more. @default 1000 */
  receiveHighWaterMark: number;
  /** Default `timeout` of `receive` and of each step of a `for await` loop, in milliseconds. Infinity or -1 means none, and reads as -1. @default -1 */
  receiveTimeout: number;
}

/**
 * Options of sockets that send. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface SendingOptions {
  /** ZMQ_SNDBUF: size of the kernel's send buffer in bytes, -1 for the system default. @default -1 */
  sendBufferSize: number;
  /** ZMQ_SNDHWM: messages that may wait in libzmq per peer, 0 for no limit. TCP buffers hold more. @default 1000, and 0 for XSubscriber */
  sendHighWaterMark: number;
  /** Default `timeout` of `send`, in milliseconds. Infinity or -1 means none, and reads as -1. @default -1 */
  sendTimeout: number;
  /** ZMQ_MULTICAST_HOPS: number of network hops that a multicast packet may travel. @default 1 */
  multicastHops: number;
  /**
   * Messages that may wait in JavaScript: 0 or more, or Infinity. Beyond that `send` rejects with `QueueFullError`.
   *
   * Messages wait there while libzmq has no room, or behind earlier sends of the same burst. The message being sent is not counted.
   *
   * @default 10000
   */
  maxPendingSends: number;
}

/**
 * Option of sockets that can keep only the newest message. See ZMQ_CONFLATE in zmq_setsockopt(3).
 *
 * @category Options
 */
export interface ConflateOption {
  /**
   * Whether only the newest received message is kept, complete, for the next reader.
   *
   * A Dealer conflates received messages only. This package does it itself, because libzmq splits messages of several frames and may crash the
   * process over them.
   *
   * On Push and Publisher, libzmq does it: per slow peer they keep the newest message to send. Messages must have one frame, otherwise `send`
   * rejects with `TypeError`. Set it there before bind and connect. If several prefixes of a subscriber arrive at once, such a Publisher knows only the
   * last one, so give each subscriber a single prefix. Write only.
   *
   * @default false
   */
  set conflate(value: boolean);
}

/**
 * The options of `T` as a constructor accepts them: all optional.
 *
 * @category Options
 */
export type Settable<T> = { [K in keyof T]?: (K extends "routingId" ? string | Buffer | null : T[K]) | undefined };

/**
 * Option of sockets that a Router addresses.
 *
 * @category Options
 */
export interface RoutingIdOption {
  /** ZMQ_ROUTING_ID: the routing id at Router peers: 1 to 255 bytes, the first not zero. Set it before connect. @default null */
  get routingId(): string | null;
  set routingId(value: string | Buffer | null);
}

/**
 * Option of sockets that can announce themselves to a Router.
 *
 * @category Options
 */
export interface ProbeRouterOption {
  /** ZMQ_PROBE_ROUTER: whether an empty message is sent to each new Router peer. Write only. @default false */
  set probeRouter(value: boolean);
}

/**
 * Option of publishers and subscribers that inverts the matching.
 *
 * @category Options
 */
export interface InvertMatchingOption {
  /** ZMQ_INVERT_MATCHING: whether messages that match no subscription are sent. Set it on both sides. @default false */
  invertMatching: boolean;
}

/**
 * Options of Publisher and XPublisher. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface PublisherOptions {
  /** ZMQ_XPUB_NODROP: whether `send` waits when a subscriber's queue is full, instead of dropping the message for it. Write only. @default false */
  set noDrop(value: boolean);
}

/**
 * Options of XPublisher: which subscriptions it receives, and who applies them. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface XPublisherOptions extends PublisherOptions {
  /** ZMQ_XPUB_MANUAL: whether the program applies subscriptions itself. Write only. @default false */
  set manual(value: boolean);
  /** ZMQ_XPUB_WELCOME_MSG: the first message for each new subscriber. Write only. @default null */
  set welcomeMessage(value: string | Buffer | null);
  /** ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER: whether repeated subscriptions, or also repeated unsubscriptions, are received. Write only. @default null */
  set verbosity(value: null | "allSubs" | "allSubsUnsubs");
}

/**
 * Options of Request: how it handles a reply that nobody waits for. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface RequestOptions {
  /**
   * ZMQ_REQ_CORRELATE: whether a request has an id in its envelope, which identifies its reply. Write only.
   *
   * Peers must return the envelope unchanged, as every REP does. With `false` a reply cannot be dropped: after a receive was aborted, `send`
   * waits until the reply was received.
   *
   * @default true from the first reply that is dropped before it arrives
   */
  set correlate(value: boolean);
  /**
   * ZMQ_REQ_RELAXED: whether a request may be sent before the previous reply was received. That reply is then dropped. Write only.
   *
   * `false` is libzmq's strict alternation (lock step), in which a lost reply blocks the socket forever.
   *
   * @default true once every receive that waited for the reply was aborted or timed out
   */
  set relaxed(value: boolean);
}

/**
 * Options of Router. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface RouterOptions {
  /** ZMQ_ROUTER_MANDATORY: whether `send` to an unknown peer rejects with `UnroutableError`. With `false` libzmq silently drops the message. @default true */
  set mandatory(value: boolean);
  get mandatory(): boolean;
  /**
   * ZMQ_ROUTER_HANDOVER: whether a peer that connects with a routing id in use takes it over. Write only.
   *
   * Messages to that id then go to the new connection. If the old connection is still open, its unread messages are lost. If it has ended, they
   * arrive under an id that libzmq generates. An old peer that still runs is cut off without notice: give each peer its own id.
   *
   * With `false` libzmq silently ignores the new peer as long as that peer lives, unless it had detected the end of the old connection. To
   * detect that, this socket must receive. Any peer that can connect can take over an id: see "Routing ids" in docs/guide/security.md.
   *
   * @default true, unlike libzmq's own
   */
  set handover(value: boolean);
}

/**
 * Options of Stream. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface StreamSocketOptions {
  /** ZMQ_STREAM_NOTIFY: whether an empty frame is received when a peer connects or disconnects. Write only. @default true */
  set notify(value: boolean);
}
