/**
 * The classic `zmq` package over `@awaitmq/core`. `require("zmq")` returns the object. `import` gives it as the default, and its members by
 * name.
 *
 * @module @awaitmq/compat
 */

import { constants, states, types } from "./constants.ts";
import { Context } from "./context.ts";
import { events } from "./monitor/event-names.ts";
import { options } from "./options/options.ts";
import { proxy } from "./proxy.ts";
import { Socket, socket } from "./socket.ts";
import { curveKeypair, version, zmq, zmqVersion } from "./zmq.ts";

export type { SocketType } from "./constants.ts";
export type { Callback } from "./handlers.ts";
export {
  Context,
  curveKeypair,
  curveKeypair as zmqCurveKeypair,
  events,
  options,
  proxy,
  Socket,
  socket,
  socket as createSocket,
  types,
  version,
  zmq as default,
  zmq as "module.exports",
  zmqVersion,
};
export const {
  /** A `bind` or `unbind` is in progress. */
  STATE_BUSY,
  /** The socket is closed. */
  STATE_CLOSED,
  /** The socket is open. */
  STATE_READY,
} = states;
export const {
  /** The number of `pair` sockets. */
  ZMQ_PAIR,
  /** The number of `pub` sockets. */
  ZMQ_PUB,
  /** The number of `sub` sockets. */
  ZMQ_SUB,
  /** The number of `req` sockets. */
  ZMQ_REQ,
  /** The number of `rep` sockets. */
  ZMQ_REP,
  /** The number of `dealer` sockets. */
  ZMQ_DEALER,
  /** The old name of ZMQ_DEALER. */
  ZMQ_XREQ,
  /** The number of `router` sockets. */
  ZMQ_ROUTER,
  /** The old name of ZMQ_ROUTER. */
  ZMQ_XREP,
  /** The number of `pull` sockets. */
  ZMQ_PULL,
  /** The number of `push` sockets. */
  ZMQ_PUSH,
  /** The number of `xpub` sockets. */
  ZMQ_XPUB,
  /** The number of `xsub` sockets. */
  ZMQ_XSUB,
  /** The number of `stream` sockets. */
  ZMQ_STREAM,
  /** Both high-water marks, in messages; an option of libzmq 2. */
  ZMQ_HWM,
  /** An option of libzmq 2 that libzmq no longer has. */
  ZMQ_SWAP,
  /** Bit mask of the I/O threads that serve new connections. */
  ZMQ_AFFINITY,
  /** The identity of the socket at a router, up to 255 bytes. */
  ZMQ_IDENTITY,
  /** Adds a prefix of a `sub` socket. */
  ZMQ_SUBSCRIBE,
  /** Removes a prefix of a `sub` socket. */
  ZMQ_UNSUBSCRIBE,
  /** Multicast: kilobits per second. */
  ZMQ_RATE,
  /** Multicast: milliseconds for which lost data can be recovered. */
  ZMQ_RECOVERY_IVL,
  /** An option of libzmq 2 that libzmq no longer has. */
  ZMQ_MCAST_LOOP,
  /** The system's send buffer, in bytes. */
  ZMQ_SNDBUF,
  /** The system's receive buffer, in bytes. */
  ZMQ_RCVBUF,
  /** Whether more frames follow. Always 0, since messages are read completely. */
  ZMQ_RCVMORE,
  /** The file descriptor that signals activity. */
  ZMQ_FD,
  /** Whether the socket can receive or send: the bits ZMQ_POLLIN and ZMQ_POLLOUT. */
  ZMQ_EVENTS,
  /** The number of the socket's type. */
  ZMQ_TYPE,
  /** Milliseconds to keep unsent messages after `close()`, -1 for no limit. */
  ZMQ_LINGER,
  /** Milliseconds between two attempts to connect. */
  ZMQ_RECONNECT_IVL,
  /** Number of connections that may wait to be accepted. */
  ZMQ_BACKLOG,
  /** An option of libzmq 2 that libzmq no longer has. */
  ZMQ_RECOVERY_IVL_MSEC,
  /** Milliseconds up to which the time between two attempts to connect doubles, 0 for no doubling. */
  ZMQ_RECONNECT_IVL_MAX,
  /** The largest accepted message in bytes, -1 for no limit. */
  ZMQ_MAXMSGSIZE,
  /** The high-water mark of sending, in messages per connection, 0 for no limit. */
  ZMQ_SNDHWM,
  /** The high-water mark of receiving, in messages per connection, 0 for no limit. */
  ZMQ_RCVHWM,
  /** Multicast: network hops. */
  ZMQ_MULTICAST_HOPS,
  /** Milliseconds that a receive may wait. The classic API never waits. */
  ZMQ_RCVTIMEO,
  /** Milliseconds that a send may wait. The classic API never waits. */
  ZMQ_SNDTIMEO,
  /** The opposite of ZMQ_IPV6. */
  ZMQ_IPV4ONLY,
  /** The endpoint that was bound or connected last. A bound one has its real port. */
  ZMQ_LAST_ENDPOINT,
  /** Whether a message to an unknown peer is an error. */
  ZMQ_ROUTER_MANDATORY,
  /** TCP keepalive: 1 for on, 0 for off, -1 for the system default. */
  ZMQ_TCP_KEEPALIVE,
  /** TCP keepalive: unanswered probes until the connection is closed. */
  ZMQ_TCP_KEEPALIVE_CNT,
  /** TCP keepalive: seconds of silence before the first probe. */
  ZMQ_TCP_KEEPALIVE_IDLE,
  /** TCP keepalive: seconds between two probes. */
  ZMQ_TCP_KEEPALIVE_INTVL,
  /** A network whose addresses may connect. */
  ZMQ_TCP_ACCEPT_FILTER,
  /** The old name of ZMQ_IMMEDIATE. */
  ZMQ_DELAY_ATTACH_ON_CONNECT,
  /** Whether messages wait for an established connection. */
  ZMQ_IMMEDIATE,
  /** Whether an `xpub` socket also receives repeated subscriptions. */
  ZMQ_XPUB_VERBOSE,
  /** Makes a router speak plain TCP. See `stream`. */
  ZMQ_ROUTER_RAW,
  /** Whether IPv6 addresses are used as well. */
  ZMQ_IPV6,
  /** The security mechanism of the socket. */
  ZMQ_MECHANISM,
  /** Whether the socket asks clients for a user and password. */
  ZMQ_PLAIN_SERVER,
  /** The user name of a client. */
  ZMQ_PLAIN_USERNAME,
  /** The password of a client. */
  ZMQ_PLAIN_PASSWORD,
  /** Whether the socket is the CURVE server. */
  ZMQ_CURVE_SERVER,
  /** The client's public key, in Z85. */
  ZMQ_CURVE_PUBLICKEY,
  /** The socket's secret key, in Z85. */
  ZMQ_CURVE_SECRETKEY,
  /** The server's public key that a client expects, in Z85. */
  ZMQ_CURVE_SERVERKEY,
  /** Sends an empty message on each new connection. */
  ZMQ_PROBE_ROUTER,
  /** Whether a `req` socket accepts only the reply to its last request. */
  ZMQ_REQ_CORRELATE,
  /** Whether a `req` socket may send again before the reply. */
  ZMQ_REQ_RELAXED,
  /** Keeps only the last message. */
  ZMQ_CONFLATE,
  /** The domain in requests to the ZAP handler. */
  ZMQ_ZAP_DOMAIN,
  /** Whether a new peer takes over an identity that is in use. */
  ZMQ_ROUTER_HANDOVER,
  /** The type of service of IP packets. */
  ZMQ_TOS,
  /** Milliseconds that a handshake may take. */
  ZMQ_HANDSHAKE_IVL,
  /** A SOCKS5 proxy for TCP connections. */
  ZMQ_SOCKS_PROXY,
  /** Whether a full subscriber blocks a `pub` or `xpub` socket. */
  ZMQ_XPUB_NODROP,
  /** Whether the program applies subscriptions itself. */
  ZMQ_XPUB_MANUAL,
  /** The first message for a new subscriber. */
  ZMQ_XPUB_WELCOME_MSG,
  /** Whether a `stream` socket reports connections with empty messages. */
  ZMQ_STREAM_NOTIFY,
  /** Inverts the filters. */
  ZMQ_INVERT_MATCHING,
  /** Milliseconds between two heartbeats. */
  ZMQ_HEARTBEAT_IVL,
  /** Milliseconds after which the peer may consider this side dead. */
  ZMQ_HEARTBEAT_TTL,
  /** Milliseconds to wait for any traffic after a heartbeat. */
  ZMQ_HEARTBEAT_TIMEOUT,
  /** Like ZMQ_XPUB_VERBOSE, and also for repeated unsubscriptions. */
  ZMQ_XPUB_VERBOSER,
  /** Milliseconds that a connection may take. */
  ZMQ_CONNECT_TIMEOUT,
  /** Milliseconds for which TCP retransmits unacknowledged data. */
  ZMQ_TCP_MAXRT,
  /** A bit of ZMQ_EVENTS: a message can be read. */
  ZMQ_POLLIN,
  /** A bit of ZMQ_EVENTS: a message can be sent. */
  ZMQ_POLLOUT,
  /** A bit of zmq_poll(3). */
  ZMQ_POLLERR,
  /** The old name of ZMQ_DONTWAIT. */
  ZMQ_NOBLOCK,
  /** A flag of `send` without effect, since `send` never waits. */
  ZMQ_DONTWAIT,
  /** A flag of `send`: more frames of the message follow. */
  ZMQ_SNDMORE,
  /** An option of a context: number of I/O threads. */
  ZMQ_IO_THREADS,
  /** An option of a context: the most open sockets. */
  ZMQ_MAX_SOCKETS,
  /** Always 1: `disconnect` exists. */
  ZMQ_CAN_DISCONNECT,
  /** Always 1: `unbind` exists. */
  ZMQ_CAN_UNBIND,
  /** Always 1: `monitor` exists. */
  ZMQ_CAN_MONITOR,
  /** Always 1: contexts have options. */
  ZMQ_CAN_SET_CTX,
} = constants;
