/**
 * The module face of the classic package: `require("zmq")` gives the object, `import` the object as the default and its members by
 * name.
 *
 * @module @awaitmq/compat
 */

import { curveKeyPair, version } from "@awaitmq/core";
import { constants, shortConstants, states, types } from "./constants.ts";
import { Context } from "./context.ts";
import { events } from "./event-names.ts";
import { options } from "./options.ts";
import { proxy } from "./proxy.ts";
import { Socket, socket } from "./socket.ts";

/** A new pair of CURVE keys, 40 characters of Z85 each; see zmq_curve_keypair(3). */
function curveKeypair(): { public: string; secret: string } {
  const { publicKey, secretKey } = curveKeyPair();
  return { public: publicKey, secret: secretKey };
}

/** `version` and `curveKeypair` by the names that they had in the C++ part of the classic package. */
const zmqVersion = () => version;
const zmqCurveKeypair = curveKeypair;

const zmq = {
  ...shortConstants,
  ...constants,
  ...states,
  Context,
  Socket,
  createSocket: socket,
  curveKeypair,
  events,
  options,
  proxy,
  socket,
  types,
  version,
  zmqCurveKeypair,
  zmqVersion,
};

export type { SocketType } from "./constants.ts";
export type { Callback } from "./handlers.ts";
export {
  Context,
  curveKeypair,
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
  zmqCurveKeypair,
  zmqVersion,
};
export const { STATE_BUSY, STATE_CLOSED, STATE_READY } = states;
export const {
  ZMQ_PAIR,
  ZMQ_PUB,
  ZMQ_SUB,
  ZMQ_REQ,
  ZMQ_REP,
  ZMQ_DEALER,
  ZMQ_XREQ,
  ZMQ_ROUTER,
  ZMQ_XREP,
  ZMQ_PULL,
  ZMQ_PUSH,
  ZMQ_XPUB,
  ZMQ_XSUB,
  ZMQ_STREAM,
  ZMQ_HWM,
  ZMQ_SWAP,
  ZMQ_AFFINITY,
  ZMQ_IDENTITY,
  ZMQ_SUBSCRIBE,
  ZMQ_UNSUBSCRIBE,
  ZMQ_RATE,
  ZMQ_RECOVERY_IVL,
  ZMQ_MCAST_LOOP,
  ZMQ_SNDBUF,
  ZMQ_RCVBUF,
  ZMQ_RCVMORE,
  ZMQ_FD,
  ZMQ_EVENTS,
  ZMQ_TYPE,
  ZMQ_LINGER,
  ZMQ_RECONNECT_IVL,
  ZMQ_BACKLOG,
  ZMQ_RECOVERY_IVL_MSEC,
  ZMQ_RECONNECT_IVL_MAX,
  ZMQ_MAXMSGSIZE,
  ZMQ_SNDHWM,
  ZMQ_RCVHWM,
  ZMQ_MULTICAST_HOPS,
  ZMQ_RCVTIMEO,
  ZMQ_SNDTIMEO,
  ZMQ_IPV4ONLY,
  ZMQ_LAST_ENDPOINT,
  ZMQ_ROUTER_MANDATORY,
  ZMQ_TCP_KEEPALIVE,
  ZMQ_TCP_KEEPALIVE_CNT,
  ZMQ_TCP_KEEPALIVE_IDLE,
  ZMQ_TCP_KEEPALIVE_INTVL,
  ZMQ_TCP_ACCEPT_FILTER,
  ZMQ_DELAY_ATTACH_ON_CONNECT,
  ZMQ_IMMEDIATE,
  ZMQ_XPUB_VERBOSE,
  ZMQ_ROUTER_RAW,
  ZMQ_IPV6,
  ZMQ_MECHANISM,
  ZMQ_PLAIN_SERVER,
  ZMQ_PLAIN_USERNAME,
  ZMQ_PLAIN_PASSWORD,
  ZMQ_CURVE_SERVER,
  ZMQ_CURVE_PUBLICKEY,
  ZMQ_CURVE_SECRETKEY,
  ZMQ_CURVE_SERVERKEY,
  ZMQ_PROBE_ROUTER,
  ZMQ_REQ_CORRELATE,
  ZMQ_REQ_RELAXED,
  ZMQ_CONFLATE,
  ZMQ_ZAP_DOMAIN,
  ZMQ_ROUTER_HANDOVER,
  ZMQ_TOS,
  ZMQ_HANDSHAKE_IVL,
  ZMQ_SOCKS_PROXY,
  ZMQ_XPUB_NODROP,
  ZMQ_XPUB_MANUAL,
  ZMQ_XPUB_WELCOME_MSG,
  ZMQ_STREAM_NOTIFY,
  ZMQ_INVERT_MATCHING,
  ZMQ_HEARTBEAT_IVL,
  ZMQ_HEARTBEAT_TTL,
  ZMQ_HEARTBEAT_TIMEOUT,
  ZMQ_XPUB_VERBOSER,
  ZMQ_CONNECT_TIMEOUT,
  ZMQ_TCP_MAXRT,
  ZMQ_POLLIN,
  ZMQ_POLLOUT,
  ZMQ_POLLERR,
  ZMQ_NOBLOCK,
  ZMQ_DONTWAIT,
  ZMQ_SNDMORE,
  ZMQ_IO_THREADS,
  ZMQ_MAX_SOCKETS,
  ZMQ_CAN_DISCONNECT,
  ZMQ_CAN_UNBIND,
  ZMQ_CAN_MONITOR,
  ZMQ_CAN_SET_CTX,
} = constants;
