/**
 * The module face of the classic package: `require("zmq")` gives the object, `import` the object as the default and its members by
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
  /** A `bind` or `unbind` is under way. */
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
  /** Which I/O threads serve new connections, as bits. */
  ZMQ_AFFINITY,
  /** What a router knows the socket by, up to 255 bytes. */
  ZMQ_IDENTITY,
  /** Adds a prefix of a `sub` socket. */
  ZMQ_SUBSCRIBE,
  /** Takes back a prefix of a `sub` socket. */
  ZMQ_UNSUBSCRIBE,
  /** Multicast, kilobits a second. */
  ZMQ_RATE,
  /** Multicast, milliseconds for which lost data can be recovered. */
  ZMQ_RECOVERY_IVL,
  /** An option of libzmq 2 that libzmq no longer has. */
  ZMQ_MCAST_LOOP,
  /** The system's send buffer, in bytes. */
  ZMQ_SNDBUF,
  /** The system's receive buffer, in bytes. */
  ZMQ_RCVBUF,
  /** Whether more frames follow: always 0, as messages are read whole. */
  ZMQ_RCVMORE,
  /** The descriptor that tells of activity. */
  ZMQ_FD,
  /** What the socket is ready for, ZMQ_POLLIN and ZMQ_POLLOUT. */
  ZMQ_EVENTS,
  /** The number of the socket's type. */
  ZMQ_TYPE,
  /** Milliseconds that unsent messages have after `close()`; -1 without end. */
  ZMQ_LINGER,
  /** Milliseconds between two attempts to connect. */
  ZMQ_RECONNECT_IVL,
  /** How many connections may wait to be accepted. */
  ZMQ_BACKLOG,
  /** An option of libzmq 2 that libzmq no longer has. */
  ZMQ_RECOVERY_IVL_MSEC,
  /** The most milliseconds between two attempts to connect, that double until then; 0 always the same. */
  ZMQ_RECONNECT_IVL_MAX,
  /** The most bytes of a message that is accepted; -1 any. */
  ZMQ_MAXMSGSIZE,
  /** The high-water mark of sending, in messages for each connection; 0 without end. */
  ZMQ_SNDHWM,
  /** The high-water mark of receiving, in messages for each connection; 0 without end. */
  ZMQ_RCVHWM,
  /** Multicast, network hops. */
  ZMQ_MULTICAST_HOPS,
  /** Milliseconds that a receive may wait; the classic API never waits. */
  ZMQ_RCVTIMEO,
  /** Milliseconds that a send may wait; the classic API never waits. */
  ZMQ_SNDTIMEO,
  /** The opposite of ZMQ_IPV6. */
  ZMQ_IPV4ONLY,
  /** The endpoint that was bound or connected last; a bound one has its real port. */
  ZMQ_LAST_ENDPOINT,
  /** Whether a message to an unknown peer is an error. */
  ZMQ_ROUTER_MANDATORY,
  /** TCP keepalive: 1 on, 0 off, -1 as the system has it. */
  ZMQ_TCP_KEEPALIVE,
  /** TCP keepalive: probes without an answer until the connection ends. */
  ZMQ_TCP_KEEPALIVE_CNT,
  /** TCP keepalive: seconds of silence before the first probe. */
  ZMQ_TCP_KEEPALIVE_IDLE,
  /** TCP keepalive: seconds between two probes. */
  ZMQ_TCP_KEEPALIVE_INTVL,
  /** Which addresses may connect. */
  ZMQ_TCP_ACCEPT_FILTER,
  /** The old name of ZMQ_IMMEDIATE. */
  ZMQ_DELAY_ATTACH_ON_CONNECT,
  /** Whether messages wait for a connection that stands. */
  ZMQ_IMMEDIATE,
  /** Whether an `xpub` socket tells of subscriptions that it knows already. */
  ZMQ_XPUB_VERBOSE,
  /** Makes a router speak plain TCP; see `stream`. */
  ZMQ_ROUTER_RAW,
  /** Whether IPv6 addresses are used as well. */
  ZMQ_IPV6,
  /** Which security the socket has. */
  ZMQ_MECHANISM,
  /** Whether the socket asks clients for user and password. */
  ZMQ_PLAIN_SERVER,
  /** The user that a client gives. */
  ZMQ_PLAIN_USERNAME,
  /** The password that a client gives. */
  ZMQ_PLAIN_PASSWORD,
  /** Whether the socket is the server of CURVE. */
  ZMQ_CURVE_SERVER,
  /** The client's public key, in Z85. */
  ZMQ_CURVE_PUBLICKEY,
  /** The socket's secret key, in Z85. */
  ZMQ_CURVE_SECRETKEY,
  /** The server's public key that a client expects, in Z85. */
  ZMQ_CURVE_SERVERKEY,
  /** Sends an empty message on each new connection. */
  ZMQ_PROBE_ROUTER,
  /** Whether a `req` socket takes only the reply to its last request. */
  ZMQ_REQ_CORRELATE,
  /** Whether a `req` socket may send again before the reply. */
  ZMQ_REQ_RELAXED,
  /** Keeps only the last message. */
  ZMQ_CONFLATE,
  /** The domain that a ZAP handler is told. */
  ZMQ_ZAP_DOMAIN,
  /** Whether a new peer takes over an identity that is in use. */
  ZMQ_ROUTER_HANDOVER,
  /** The type of service of IP packets. */
  ZMQ_TOS,
  /** Milliseconds that a handshake may take. */
  ZMQ_HANDSHAKE_IVL,
  /** A SOCKS5 proxy for TCP connections. */
  ZMQ_SOCKS_PROXY,
  /** Whether a full subscriber holds up a `pub` or `xpub` socket. */
  ZMQ_XPUB_NODROP,
  /** Whether the program decides about subscriptions. */
  ZMQ_XPUB_MANUAL,
  /** What a new subscriber is sent first. */
  ZMQ_XPUB_WELCOME_MSG,
  /** Whether a `stream` socket tells of connections by empty messages. */
  ZMQ_STREAM_NOTIFY,
  /** Turns the filters round. */
  ZMQ_INVERT_MATCHING,
  /** Milliseconds between two heartbeats. */
  ZMQ_HEARTBEAT_IVL,
  /** Milliseconds after which the other side may take this one for dead. */
  ZMQ_HEARTBEAT_TTL,
  /** Milliseconds to wait for any traffic after a heartbeat. */
  ZMQ_HEARTBEAT_TIMEOUT,
  /** As ZMQ_XPUB_VERBOSE, and also of those that end. */
  ZMQ_XPUB_VERBOSER,
  /** Milliseconds that a connection may take. */
  ZMQ_CONNECT_TIMEOUT,
  /** Milliseconds for which TCP sends again without an answer. */
  ZMQ_TCP_MAXRT,
  /** A bit of ZMQ_EVENTS: a message can be read. */
  ZMQ_POLLIN,
  /** A bit of ZMQ_EVENTS: a message can be sent. */
  ZMQ_POLLOUT,
  /** A bit of zmq_poll(3). */
  ZMQ_POLLERR,
  /** The old name of ZMQ_DONTWAIT. */
  ZMQ_NOBLOCK,
  /** A flag of `send`, which never waits anyhow. */
  ZMQ_DONTWAIT,
  /** A flag of `send`: the message goes on with the next one. */
  ZMQ_SNDMORE,
  /** An option of a context: its I/O threads. */
  ZMQ_IO_THREADS,
  /** An option of a context: the most sockets. */
  ZMQ_MAX_SOCKETS,
  /** 1: there is `disconnect`. */
  ZMQ_CAN_DISCONNECT,
  /** 1: there is `unbind`. */
  ZMQ_CAN_UNBIND,
  /** 1: there is `monitor`. */
  ZMQ_CAN_MONITOR,
  /** 1: contexts have options. */
  ZMQ_CAN_SET_CTX,
} = constants;
