/** The numbers of `zmq.h` in the classic package, those added by `zeromq` up to version 5, and the classic package's own. */

/** Socket types: ZMQ_* of zmq_socket(3). */
const socketTypes = {
  ZMQ_PAIR: 0,
  ZMQ_PUB: 1,
  ZMQ_SUB: 2,
  ZMQ_REQ: 3,
  ZMQ_REP: 4,
  ZMQ_DEALER: 5,
  ZMQ_XREQ: 5,
  ZMQ_ROUTER: 6,
  ZMQ_XREP: 6,
  ZMQ_PULL: 7,
  ZMQ_PUSH: 8,
  ZMQ_XPUB: 9,
  ZMQ_XSUB: 10,
  ZMQ_STREAM: 11,
} as const;

/** Socket options: ZMQ_* of zmq_setsockopt(3), and of libzmq 2 and 3. */
export const optionNumbers = {
  ZMQ_HWM: 1,
  ZMQ_SWAP: 3,
  ZMQ_AFFINITY: 4,
  ZMQ_IDENTITY: 5,
  ZMQ_SUBSCRIBE: 6,
  ZMQ_UNSUBSCRIBE: 7,
  ZMQ_RATE: 8,
  ZMQ_RECOVERY_IVL: 9,
  ZMQ_MCAST_LOOP: 10,
  ZMQ_SNDBUF: 11,
  ZMQ_RCVBUF: 12,
  ZMQ_RCVMORE: 13,
  ZMQ_FD: 14,
  ZMQ_EVENTS: 15,
  ZMQ_TYPE: 16,
  ZMQ_LINGER: 17,
  ZMQ_RECONNECT_IVL: 18,
  ZMQ_BACKLOG: 19,
  ZMQ_RECOVERY_IVL_MSEC: 20,
  ZMQ_RECONNECT_IVL_MAX: 21,
  ZMQ_MAXMSGSIZE: 22,
  ZMQ_SNDHWM: 23,
  ZMQ_RCVHWM: 24,
  ZMQ_MULTICAST_HOPS: 25,
  ZMQ_RCVTIMEO: 27,
  ZMQ_SNDTIMEO: 28,
  ZMQ_IPV4ONLY: 31,
  ZMQ_LAST_ENDPOINT: 32,
  ZMQ_ROUTER_MANDATORY: 33,
  ZMQ_TCP_KEEPALIVE: 34,
  ZMQ_TCP_KEEPALIVE_CNT: 35,
  ZMQ_TCP_KEEPALIVE_IDLE: 36,
  ZMQ_TCP_KEEPALIVE_INTVL: 37,
  ZMQ_TCP_ACCEPT_FILTER: 38,
  ZMQ_DELAY_ATTACH_ON_CONNECT: 39,
  ZMQ_IMMEDIATE: 39,
  ZMQ_XPUB_VERBOSE: 40,
  ZMQ_ROUTER_RAW: 41,
  ZMQ_IPV6: 42,
  ZMQ_MECHANISM: 43,
  ZMQ_PLAIN_SERVER: 44,
  ZMQ_PLAIN_USERNAME: 45,
  ZMQ_PLAIN_PASSWORD: 46,
  ZMQ_CURVE_SERVER: 47,
  ZMQ_CURVE_PUBLICKEY: 48,
  ZMQ_CURVE_SECRETKEY: 49,
  ZMQ_CURVE_SERVERKEY: 50,
  ZMQ_PROBE_ROUTER: 51,
  ZMQ_REQ_CORRELATE: 52,
  ZMQ_REQ_RELAXED: 53,
  ZMQ_CONFLATE: 54,
  ZMQ_ZAP_DOMAIN: 55,
  ZMQ_ROUTER_HANDOVER: 56,
  ZMQ_TOS: 57,
  ZMQ_HANDSHAKE_IVL: 66,
  ZMQ_SOCKS_PROXY: 68,
  ZMQ_XPUB_NODROP: 69,
  ZMQ_XPUB_MANUAL: 71,
  ZMQ_XPUB_WELCOME_MSG: 72,
  ZMQ_STREAM_NOTIFY: 73,
  ZMQ_INVERT_MATCHING: 74,
  ZMQ_HEARTBEAT_IVL: 75,
  ZMQ_HEARTBEAT_TTL: 76,
  ZMQ_HEARTBEAT_TIMEOUT: 77,
  ZMQ_XPUB_VERBOSER: 78,
  ZMQ_CONNECT_TIMEOUT: 79,
  ZMQ_TCP_MAXRT: 80,
} as const;

/** Poll and send flags, context options, and capabilities of the classic package. */
const others = {
  ZMQ_POLLIN: 1,
  ZMQ_POLLOUT: 2,
  ZMQ_POLLERR: 4,
  ZMQ_NOBLOCK: 1,
  ZMQ_DONTWAIT: 1,
  ZMQ_SNDMORE: 2,
  ZMQ_IO_THREADS: 1,
  ZMQ_MAX_SOCKETS: 2,
  ZMQ_CAN_DISCONNECT: 1,
  ZMQ_CAN_UNBIND: 1,
  ZMQ_CAN_MONITOR: 1,
  ZMQ_CAN_SET_CTX: 1,
} as const;

/** States of a socket. */
export const states = { STATE_READY: 0, STATE_BUSY: 1, STATE_CLOSED: 2 } as const;

export const constants = { ...socketTypes, ...optionNumbers, ...others } as const;

type Constants = typeof constants;
type Short<Name> = Name extends `ZMQ_${infer Rest}` ? Rest : never;

/** Each constant without `ZMQ_`, as in the oldest programs. */
export const shortConstants = Object.fromEntries(
  Object.entries(constants).map(([name, value]) => [name.slice("ZMQ_".length), value]),
) as { readonly [Name in keyof Constants as Short<Name>]: Constants[Name] };

/**
 * `zmq.types`: the number of each socket type, by the name that `zmq.socket` accepts.
 *
 * @category Types
 */
export const types = {
  pub: socketTypes.ZMQ_PUB,
  xpub: socketTypes.ZMQ_XPUB,
  sub: socketTypes.ZMQ_SUB,
  xsub: socketTypes.ZMQ_XSUB,
  req: socketTypes.ZMQ_REQ,
  xreq: socketTypes.ZMQ_XREQ,
  rep: socketTypes.ZMQ_REP,
  xrep: socketTypes.ZMQ_XREP,
  push: socketTypes.ZMQ_PUSH,
  pull: socketTypes.ZMQ_PULL,
  dealer: socketTypes.ZMQ_DEALER,
  router: socketTypes.ZMQ_ROUTER,
  pair: socketTypes.ZMQ_PAIR,
  stream: socketTypes.ZMQ_STREAM,
} as const;

/**
 * The name of a socket type, as {@link socket} accepts it.
 *
 * @category Types
 */
export type SocketType = keyof typeof types;
