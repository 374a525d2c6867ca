/**
 * Socket options under the names that zeromq v6 gives them. The accessors themselves are made from zeromq's own. Times are in milliseconds, sizes in bytes unless the name says
 * messages. Most take effect for later binds and connects only. Source: zmq_setsockopt(3), whose names are `ZMQ_...`.
 */

/** Options of every socket. */
export interface CommonOptions {
  /** ZMQ_AFFINITY: bit mask of the I/O threads that serve new connections, 0 for all. @default 0 */
  affinity: number;
  /** ZMQ_RATE: kilobits a second for multicast. @default 100 */
  rate: number;
  /** ZMQ_RECOVERY_IVL: milliseconds a multicast receiver may be away. @default 10000 */
  recoveryInterval: number;
  /**
   * ZMQ_LINGER: milliseconds that unsent messages are kept after `close`, Infinity or -1 for ever, which reads as -1. libzmq's own default is -1. @default 2000,
   * and 0 for Subscriber and XSubscriber, whose unsent subscriptions nobody waits for */
  linger: number;
  /** ZMQ_RECONNECT_IVL: milliseconds before a broken connection is tried again, -1 never. @default 100 */
  reconnectInterval: number;
  /** ZMQ_BACKLOG: connections that may wait to be accepted. @default 100 */
  backlog: number;
  /** ZMQ_RECONNECT_IVL_MAX: milliseconds that the reconnect interval doubles up to, 0 for no doubling. @default 0 */
  reconnectMaxInterval: number;
  /**
   * ZMQ_MAXMSGSIZE: bytes of the largest frame accepted; a peer that sends a larger one is disconnected. -1 no limit. libzmq bounds neither the
   * number of a message's frames nor their sum: a message of ten thousand frames of this size is accepted. @default -1
   */
  maxMessageSize: number;
  /** ZMQ_TCP_KEEPALIVE: 1 on, 0 off, -1 for the system default. @default -1 */
  tcpKeepalive: number;
  /** ZMQ_TCP_KEEPALIVE_CNT: probes before a connection counts as dead, -1 for the system default. @default -1 */
  tcpKeepaliveCount: number;
  /** ZMQ_TCP_KEEPALIVE_IDLE: seconds of silence before probes begin, -1 for the system default. @default -1 */
  tcpKeepaliveIdle: number;
  /** ZMQ_TCP_KEEPALIVE_INTVL: seconds between probes, -1 for the system default. @default -1 */
  tcpKeepaliveInterval: number;
  /**
   * ZMQ_TCP_ACCEPT_FILTER, deprecated by libzmq in favour of ZAP: a network to accept connections from, as `10.0.0.0/8`.
   * One that is set is added to those before, null removes all; it reads as the last one set. @default null
   */
  tcpAcceptFilter: string | null;
  /**
   * Whether messages wait in the sender while there is no connection that stands, instead of in the queue of a peer that may be dead.
   *
   * On sockets that only send it is ZMQ_IMMEDIATE: messages are queued for connections that stand and for no others, and when one breaks,
   * libzmq drops what its queue holds. Dealer, Request, Pair, Client and Channel wait while none of their connections stands; what is in the
   * queue of one that breaks leaves when it is back, and so may what is sent beside it while others stand. (In a worker thread these have
   * ZMQ_IMMEDIATE.) Elsewhere it changes nothing. @default true for Push, Dealer and Request, else false
   */
  immediate: boolean;
  /** ZMQ_IPV6: whether IPv6 addresses may be used beside IPv4. @default false */
  ipv6: boolean;
  /** ZMQ_PLAIN_SERVER: whether this side checks user names and passwords (by a ZAP handler). @default false */
  plainServer: boolean;
  /** ZMQ_PLAIN_USERNAME: the user name a client logs in with, beside `plainPassword`. @default null */
  plainUsername: string | null;
  /** ZMQ_PLAIN_PASSWORD: the password a client logs in with, beside `plainUsername`. @default null */
  plainPassword: string | null;
  /** ZMQ_CURVE_SERVER: whether this side is the CURVE server, which needs `curveSecretKey`. @default false */
  curveServer: boolean;
  /** ZMQ_CURVE_PUBLICKEY: own public key, 40 characters of Z85. @default null */
  curvePublicKey: string | null;
  /** ZMQ_CURVE_SECRETKEY: own secret key, 40 characters of Z85. @default null */
  curveSecretKey: string | null;
  /** ZMQ_CURVE_SERVERKEY: the server's public key, 40 characters of Z85; set by clients, beside both keys of their own. @default null */
  curveServerKey: string | null;
  /** ZMQ_GSSAPI_SERVER: whether this side is the GSSAPI server. GSSAPI options exist where `capability.gssapi` is true. @default false */
  gssapiServer: boolean;
  /** ZMQ_GSSAPI_PRINCIPAL: own principal. @default null */
  gssapiPrincipal: string | null;
  /** ZMQ_GSSAPI_SERVICE_PRINCIPAL: the server's principal; set by clients. @default null */
  gssapiServicePrincipal: string | null;
  /** ZMQ_GSSAPI_PLAINTEXT: whether traffic is authenticated but not encrypted. @default false */
  gssapiPlainText: boolean;
  /** ZMQ_GSSAPI_PRINCIPAL_NAMETYPE. @default "hostBased" */
  gssapiPrincipalNameType: "hostBased" | "userName" | "krb5Principal";
  /** ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE. @default "hostBased" */
  gssapiServicePrincipalNameType: "hostBased" | "userName" | "krb5Principal";
  /** ZMQ_ZAP_DOMAIN: the domain that the ZAP handler is asked about; needed for it to be asked at all under NULL. @default null */
  zapDomain: string | null;
  /** ZMQ_TOS: the type-of-service byte of outgoing packets. @default 0 */
  typeOfService: number;
  /**
   * ZMQ_HANDSHAKE_IVL: milliseconds from a connection to the end of its handshake, 0 for ever. Then the connection is given up, and tried
   * again. A longer one at both ends is for links with a round trip of more than 600 ms (CURVE takes four), and for a ZAP handler that takes seconds.
   * libzmq's own default is 30 000: a connection that is accepted and swallowed keeps its peers apart so long. With 0 a peer of ZMTP 1 or 2 is
   * never known, neither to `ready` nor to `immediate`.
   *
   * @default 2_500
   */
  handshakeInterval: number;
  /** ZMQ_SOCKS_PROXY: `host:port` of a SOCKS5 proxy for TCP connections. @default null */
  socksProxy: string | null;
  /**
   * ZMQ_HEARTBEAT_IVL: milliseconds between ZMTP pings, 0 none. Use it on sockets that are read all the time, or have no
   * `receiveHighWaterMark`: when a peer's queue is full as its connection breaks, the next ping fails an assertion in libzmq 4.3.5
   * (`!_io_error`, libzmq's issue 4364), which ends the process. `heartbeatTimeToLive` at the peer serves the same end.
   *
   * @default 0
   */
  heartbeatInterval: number;
  /** ZMQ_HEARTBEAT_TTL: milliseconds after which the peer should give up a silent connection, in steps of 100. @default 0 */
  heartbeatTimeToLive: number;
  /** ZMQ_HEARTBEAT_TIMEOUT: milliseconds to wait for a sign of life after a ping; -1 means `heartbeatInterval`. @default -1 */
  heartbeatTimeout: number;
  /** ZMQ_CONNECT_TIMEOUT: milliseconds a TCP connect may take, 0 for the system default. @default 0 */
  connectTimeout: number;
  /** ZMQ_TCP_MAXRT: milliseconds that unacknowledged TCP data is retransmitted, 0 for the system default. @default 0 */
  tcpMaxRetransmitTimeout: number;
  /** ZMQ_MULTICAST_MAXTPDU: bytes of the largest multicast packet. @default 1500 */
  multicastMaxTransportDataUnit: number;
  /** ZMQ_VMCI_BUFFER_SIZE, in bytes. */
  vmciBufferSize: number;
  /** ZMQ_VMCI_BUFFER_MIN_SIZE, in bytes. */
  vmciBufferMinSize: number;
  /** ZMQ_VMCI_BUFFER_MAX_SIZE, in bytes. */
  vmciBufferMaxSize: number;
  /** ZMQ_VMCI_CONNECT_TIMEOUT, in milliseconds. */
  vmciConnectTimeout: number;
  /** ZMQ_BINDTODEVICE: the network interface that traffic is bound to. @default null */
  interface: string | null;
  /** ZMQ_ZAP_ENFORCE_DOMAIN: whether the ZAP handler is asked under NULL with an empty domain too. @default false */
  zapEnforceDomain: boolean;
  /** ZMQ_LOOPBACK_FASTPATH, Windows only. @default false */
  loopbackFastPath: boolean;
}

/** What a socket tells of itself. */
export interface CommonStatus {
  /** ZMQ_TYPE: the number of the socket type in `zmq.h`. */
  readonly type: number;
  /** ZMQ_LAST_ENDPOINT: the endpoint bound or connected last; `bind` gives it too. */
  readonly lastEndpoint: string | null;
  /** ZMQ_MECHANISM: the security mechanism in force; null is none. */
  readonly securityMechanism: null | "plain" | "curve" | "gssapi";
  /** ZMQ_THREAD_SAFE: true for most draft types. */
  readonly threadSafe: boolean;
}

/** Options of sockets that receive. */
export interface ReceivingOptions {
  /** ZMQ_RCVBUF: bytes of the kernel's receive buffer, -1 for the system default. @default -1 */
  receiveBufferSize: number;
  /** ZMQ_RCVHWM: messages that wait in libzmq a peer, 0 no limit. What TCP holds comes on top. @default 1000 */
  receiveHighWaterMark: number;
  /** The default `timeout` in milliseconds of `receive`, and of each step of a `for await` loop; Infinity or -1 for none, which reads as -1. @default -1 */
  receiveTimeout: number;
}

/** Options of sockets that send. */
export interface SendingOptions {
  /** ZMQ_SNDBUF: bytes of the kernel's send buffer, -1 for the system default. @default -1 */
  sendBufferSize: number;
  /** ZMQ_SNDHWM: messages that wait in libzmq per peer, 0 no limit. What TCP holds comes on top. @default 1000, and 0 for XSubscriber */
  sendHighWaterMark: number;
  /** The default `timeout` of `send` in milliseconds; Infinity or -1 for none, which reads as -1. @default -1 */
  sendTimeout: number;
  /** ZMQ_MULTICAST_HOPS: network hops a multicast packet may travel. @default 1 */
  multicastHops: number;
  /**
   * Messages that may wait in JavaScript, while libzmq has no room or for earlier sends of the same burst, beside the one in hand;
   * past it `send` rejects `QueueFullError`. 0 or more, or Infinity. @default 10000
   */
  maxPendingSends: number;
}

/** Whether only the newest message is kept. zmq_setsockopt(3), ZMQ_CONFLATE */
export interface ConflateOption {
  /**
   * Keeps only the newest message of all that have come, whole, for the next reader. A Dealer keeps what it receives so; what it sends is
   * not conflated. This is core's own doing, since libzmq tears messages of several frames, and may end the process over them.
   *
   * On Push and Publisher it is libzmq's: they keep the newest message for each peer that does not take it, and send messages of one frame only, else
   * `TypeError`. Set it there before bind and connect. Of a subscriber's prefixes a Publisher then knows the last one only
   * of those that come at once: use it where each subscriber has one. Write only.
   *
   * @default false
   */
  set conflate(value: boolean);
}

/** Everything a constructor takes of the options in `T`. */
export type Settable<T> = { [K in keyof T]?: (K extends "routingId" ? string | Buffer | null : T[K]) | undefined };

/** ZMQ_ROUTING_ID: the name that Router peers know this socket by, 1 to 255 bytes, the first not zero. Set it before connect. @default null */
export interface RoutingIdOption {
  get routingId(): string | null;
  set routingId(value: string | Buffer | null);
}

/** ZMQ_PROBE_ROUTER: whether an empty message is sent to each new Router peer. Write only. @default false */
export interface ProbeRouterOption {
  set probeRouter(value: boolean);
}

/** ZMQ_INVERT_MATCHING: whether messages that match no subscription are sent, set on both sides. @default false */
export interface InvertMatchingOption {
  invertMatching: boolean;
}

/** Options of Publisher and XPublisher. zmq_setsockopt(3) */
export interface PublisherOptions {
  /** ZMQ_XPUB_NODROP: whether `send` waits when a subscriber's queue is full, instead of dropping there. Write only. @default false */
  set noDrop(value: boolean);
}

/** Options of XPublisher: what it is told of, and who decides about subscriptions. zmq_setsockopt(3) */
export interface XPublisherOptions extends PublisherOptions {
  /** ZMQ_XPUB_MANUAL: whether subscriptions are set by the program. Write only. @default false */
  set manual(value: boolean);
  /** ZMQ_XPUB_WELCOME_MSG: a message that each new subscriber gets first. Write only. @default null */
  set welcomeMessage(value: string | Buffer | null);
  /** ZMQ_XPUB_VERBOSE(R): whether repeated subscriptions, and unsubscriptions, are received too. Write only. @default null */
  set verbosity(value: null | "allSubs" | "allSubsUnsubs");
}

/** Options of Request: what becomes of the reply that nobody waits for any more. zmq_setsockopt(3) */
export interface RequestOptions {
  /**
   * ZMQ_REQ_CORRELATE: whether a request carries an id in its envelope, by which its reply is known. Peers that return the envelope as
   * it came, as every REP does, need not know of it. With `false` a reply can't be dropped: after a receive that was given up, `send`
   * waits until the reply was received. Write only. @default from the first reply that is dropped before it has come
   */
  set correlate(value: boolean);
  /**
   * ZMQ_REQ_RELAXED: whether a request may be sent before the reply to the last was received, which then is dropped. `false` is
   * libzmq's strict lock step, in which a lost reply blocks the socket for good. Write only. @default once every receive that
   * waited for the reply was given up
   */
  set relaxed(value: boolean);
}

/** Options of Router. zmq_setsockopt(3) */
export interface RouterOptions {
  /** ZMQ_ROUTER_MANDATORY: `send` to an unknown peer rejects `UnroutableError`; with `false` libzmq drops it silently. @default true */
  set mandatory(value: boolean);
  get mandatory(): boolean;
  /**
   * ZMQ_ROUTER_HANDOVER: whether a peer that connects with a routing id in use takes it over. Messages to that id then go to the new
   * connection. What the old one had sent and nobody read is lost if it is still open; if it has ended, that comes under an id
   * of libzmq's. An old peer that still runs is cut off and not told: give each peer an id of its own.
   *
   * With `false` libzmq ignores the new peer for as long as it lives, and tells nobody, unless the end of the old connection was noticed
   * before: for that this socket has to receive. Whoever may connect may take over an id, see "Routing ids" in docs/guide/security.md. Write only.
   *
   * @default true, unlike libzmq's own
   */
  set handover(value: boolean);
}

/** Options of Stream. zmq_setsockopt(3) */
export interface StreamSocketOptions {
  /** ZMQ_STREAM_NOTIFY: whether an empty frame is received when a peer comes or goes. Write only. @default true */
  set notify(value: boolean);
}
