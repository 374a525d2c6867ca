/**
 * The options of every socket, with zeromq 6's names. The accessors are made from zeromq's own. Times are in milliseconds, sizes in bytes
 * unless the name says messages. Most affect only later binds and connects. Source: zmq_setsockopt(3), whose names are `ZMQ_...`.
 */

/**
 * Options of every socket. Most affect only later binds and connects. See zmq_setsockopt(3).
 *
 * @category Options
 */
export interface CommonOptions {
  /** ZMQ_AFFINITY: bit mask of the I/O threads that serve new connections, 0 for all. @default 0 */
  affinity: number;
  /** ZMQ_RATE: multicast rate in kilobits per second. @default 100 */
  rate: number;
  /** ZMQ_RECOVERY_IVL: milliseconds that a multicast receiver may be absent without losing data. @default 10000 */
  recoveryInterval: number;
  /**
   * ZMQ_LINGER: milliseconds to keep unsent messages after `close`. Infinity or -1 keeps them forever, and reads as -1. libzmq's own default
   * is -1.
   *
   * @default 2000; 0 for Subscriber and XSubscriber
   */
  linger: number;
  /** ZMQ_RECONNECT_IVL: milliseconds before a broken connection is retried, -1 for never. @default 100 */
  reconnectInterval: number;
  /** ZMQ_BACKLOG: number of connections that may wait to be accepted. @default 100 */
  backlog: number;
  /** ZMQ_RECONNECT_IVL_MAX: milliseconds up to which the reconnect interval doubles, 0 for no doubling. @default 0 */
  reconnectMaxInterval: number;
  /**
   * ZMQ_MAXMSGSIZE: the largest accepted frame, in bytes, or -1 for no limit. A peer that sends a larger frame is disconnected.
   *
   * libzmq limits neither the number of frames in a message nor their sum: it accepts ten thousand frames of this size.
   *
   * @default -1
   */
  maxMessageSize: number;
  /** ZMQ_TCP_KEEPALIVE: 1 for on, 0 for off, -1 for the system default. @default -1 */
  tcpKeepalive: number;
  /** ZMQ_TCP_KEEPALIVE_CNT: number of probes before a connection counts as dead, -1 for the system default. @default -1 */
  tcpKeepaliveCount: number;
  /** ZMQ_TCP_KEEPALIVE_IDLE: seconds of silence before probes begin, -1 for the system default. @default -1 */
  tcpKeepaliveIdle: number;
  /** ZMQ_TCP_KEEPALIVE_INTVL: seconds between probes, -1 for the system default. @default -1 */
  tcpKeepaliveInterval: number;
  /**
   * ZMQ_TCP_ACCEPT_FILTER: a network to accept connections from, such as `10.0.0.0/8`. libzmq deprecates it in favour of ZAP.
   *
   * Each assignment adds a network; null removes all. It reads as the last one assigned.
   *
   * @default null
   */
  tcpAcceptFilter: string | null;
  /**
   * Whether messages wait in the sender while there is no established connection, instead of in the queue of a peer that may be dead.
   *
   * On sockets that only send, it is ZMQ_IMMEDIATE: messages are queued only for established connections. When a connection breaks, libzmq
   * drops the messages in its queue.
   *
   * Dealer, Request, Pair, Client and Channel wait while none of their connections is established. When a connection breaks, its queue is
   * sent after the reconnect. Messages sent while other connections are established may be put into that queue too. In a worker thread
   * these types use ZMQ_IMMEDIATE.
   *
   * On other sockets it has no effect.
   *
   * @default true for Push, Dealer and Request, else false
   */
  immediate: boolean;
  /** ZMQ_IPV6: whether IPv6 addresses may be used as well as IPv4. @default false */
  ipv6: boolean;
  /** ZMQ_PLAIN_SERVER: whether this side checks user names and passwords, with a ZAP handler. @default false */
  plainServer: boolean;
  /** ZMQ_PLAIN_USERNAME: the user name of a client. Needs `plainPassword`. @default null */
  plainUsername: string | null;
  /** ZMQ_PLAIN_PASSWORD: the password of a client. Needs `plainUsername`. @default null */
  plainPassword: string | null;
  /** ZMQ_CURVE_SERVER: whether this side is the CURVE server. Needs `curveSecretKey`. @default false */
  curveServer: boolean;
  /** ZMQ_CURVE_PUBLICKEY: the public key of this side, 40 characters of Z85. @default null */
  curvePublicKey: string | null;
  /** ZMQ_CURVE_SECRETKEY: the secret key of this side, 40 characters of Z85. @default null */
  curveSecretKey: string | null;
  /** ZMQ_CURVE_SERVERKEY: the server's public key, 40 characters of Z85. Clients set it, and both their own keys. @default null */
  curveServerKey: string | null;
  /** ZMQ_GSSAPI_SERVER: whether this side is the GSSAPI server. GSSAPI options exist where `capability.gssapi` is true. @default false */
  gssapiServer: boolean;
  /** ZMQ_GSSAPI_PRINCIPAL: the principal of this side. @default null */
  gssapiPrincipal: string | null;
  /** ZMQ_GSSAPI_SERVICE_PRINCIPAL: the server's principal. Clients set it. @default null */
  gssapiServicePrincipal: string | null;
  /** ZMQ_GSSAPI_PLAINTEXT: whether traffic is authenticated but not encrypted. @default false */
  gssapiPlainText: boolean;
  /** ZMQ_GSSAPI_PRINCIPAL_NAMETYPE: the name type of `gssapiPrincipal`. @default "hostBased" */
  gssapiPrincipalNameType: "hostBased" | "userName" | "krb5Principal";
  /** ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE: the name type of `gssapiServicePrincipal`. @default "hostBased" */
  gssapiServicePrincipalNameType: "hostBased" | "userName" | "krb5Principal";
  /** ZMQ_ZAP_DOMAIN: the domain in requests to the ZAP handler. Under NULL, the handler is only asked if it is set. @default null */
  zapDomain: string | null;
  /** ZMQ_TOS: the type-of-service byte of outgoing packets. @default 0 */
  typeOfService: number;
  /**
   * ZMQ_HANDSHAKE_IVL: milliseconds for the handshake of a connection, 0 for no limit. Then the connection is closed and retried.
   *
   * Raise it at both ends for links with a round trip of more than 600 ms (CURVE takes four), or for a ZAP handler that takes seconds.
   * libzmq's own default is 30 000: for that long, a connection that is accepted but never answered blocks its peers. With 0, neither `ready` nor
   * `immediate` ever sees a peer of ZMTP 1 or 2.
   *
   * @default 2_500
   */
  handshakeInterval: number;
  /** ZMQ_SOCKS_PROXY: `host:port` of a SOCKS5 proxy for TCP connections. @default null */
  socksProxy: string | null;
  /**
   * ZMQ_HEARTBEAT_IVL: milliseconds between ZMTP pings, 0 for none.
   *
   * Use it only on sockets that are always being read, or that have `receiveHighWaterMark: 0`. If the queue of a peer is full when its
   * connection breaks, the next ping crashes the process, by a failed assertion in libzmq 4.3.5 (`!_io_error`, libzmq's issue 4364).
   * `heartbeatTimeToLive` at the peer serves the same purpose.
   *
   * @default 0
   */
  heartbeatInterval: number;
  /** ZMQ_HEARTBEAT_TTL: milliseconds after which the peer should close a silent connection, in steps of 100. @default 0 */
  heartbeatTimeToLive: number;
  /** ZMQ_HEARTBEAT_TIMEOUT: milliseconds to wait for any traffic after a ping. -1 means `heartbeatInterval`. @default -1 */
  heartbeatTimeout: number;
  /** ZMQ_CONNECT_TIMEOUT: milliseconds that a TCP connect may take, 0 for the system default. @default 0 */
  connectTimeout: number;
  /** ZMQ_TCP_MAXRT: milliseconds that unacknowledged TCP data is retransmitted, 0 for the system default. @default 0 */
  tcpMaxRetransmitTimeout: number;
  /** ZMQ_MULTICAST_MAXTPDU: the largest multicast packet, in bytes. @default 1500 */
  multicastMaxTransportDataUnit: number;
  /** ZMQ_VMCI_BUFFER_SIZE: size of the VMCI buffer, in bytes. */
  vmciBufferSize: number;
  /** ZMQ_VMCI_BUFFER_MIN_SIZE: smallest size of the VMCI buffer, in bytes. */
  vmciBufferMinSize: number;
  /** ZMQ_VMCI_BUFFER_MAX_SIZE: largest size of the VMCI buffer, in bytes. */
  vmciBufferMaxSize: number;
  /** ZMQ_VMCI_CONNECT_TIMEOUT: milliseconds that a VMCI connect may take. */
  vmciConnectTimeout: number;
  /** ZMQ_BINDTODEVICE: the only network interface to use. @default null */
  interface: string | null;
  /** ZMQ_ZAP_ENFORCE_DOMAIN: whether the ZAP handler is also asked under NULL with an empty domain. @default false */
  zapEnforceDomain: boolean;
  /** ZMQ_LOOPBACK_FASTPATH: whether to use the fast path for TCP loopback. Windows only. @default false */
  loopbackFastPath: boolean;
}

/**
 * Read-only state of every socket. See zmq_getsockopt(3).
 *
 * @category Options
 */
export interface CommonStatus {
  /** ZMQ_TYPE: the number of the socket type in `zmq.h`. */
  readonly type: number;
  /** ZMQ_LAST_ENDPOINT: the endpoint that was bound or connected last. `bind` returns it too. */
  readonly lastEndpoint: string | null;
  /** ZMQ_MECHANISM: the active security mechanism, or null for none. */
  readonly securityMechanism: null | "plain" | "curve" | "gssapi";
  /** ZMQ_THREAD_SAFE: true for most draft types. */
  readonly threadSafe: boolean;
}
