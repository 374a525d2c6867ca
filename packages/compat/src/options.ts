/** Socket options by their classic names and numbers, over those of core. */

import { internals } from "@awaitmq/core/internals";
import { optionNumbers } from "./constants.ts";
import { classicError, systemError } from "./errors.ts";
import {
  type AnySocket,
  binary,
  flag,
  integer,
  key,
  type Made,
  number,
  only,
  setFlag,
  string,
  subscription,
  verbosity,
} from "./option-kinds.ts";

const mechanisms: readonly unknown[] = [null, "plain", "curve", "gssapi"];

const numbered: { readonly [Name in keyof typeof optionNumbers]?: Made } = {
  ZMQ_HWM: only({
    get: (socket) => socket[internals].native.getInt32Option(optionNumbers.ZMQ_SNDHWM),
    set: (socket, value) => {
      for (const option of [optionNumbers.ZMQ_SNDHWM, optionNumbers.ZMQ_RCVHWM]) setOption(socket, option, value);
    },
  }),
  ZMQ_AFFINITY: number("affinity"),
  ZMQ_IDENTITY: binary("routingId"),
  ZMQ_SUBSCRIBE: subscription("subscribe"),
  ZMQ_UNSUBSCRIBE: subscription("unsubscribe"),
  ZMQ_RATE: number("rate"),
  ZMQ_RECOVERY_IVL: number("recoveryInterval"),
  ZMQ_SNDBUF: number("sendBufferSize"),
  ZMQ_RCVBUF: number("receiveBufferSize"),
  // A message is read whole: there is never more of it to come.
  ZMQ_RCVMORE: only({ get: () => 0 }),
  ZMQ_FD: only({ get: (socket) => socket[internals].native.getInt32Option(optionNumbers.ZMQ_FD) }),
  ZMQ_EVENTS: only({
    get: (socket) => {
      const { inbox, native } = socket[internals];
      return (native.readable === true || inbox.ready ? 1 : 0) | (native.writable === true ? 2 : 0);
    },
  }),
  ZMQ_TYPE: only({ get: (socket) => socket.type }),
  ZMQ_RECONNECT_IVL: number("reconnectInterval"),
  ZMQ_BACKLOG: number("backlog"),
  ZMQ_RECONNECT_IVL_MAX: number("reconnectMaxInterval"),
  ZMQ_MAXMSGSIZE: number("maxMessageSize"),
  ZMQ_SNDHWM: number("sendHighWaterMark"),
  ZMQ_RCVHWM: number("receiveHighWaterMark"),
  ZMQ_MULTICAST_HOPS: number("multicastHops"),
  ZMQ_IPV4ONLY: only({
    get: (socket) => (socket.ipv6 ? 0 : 1),
    set: (socket, value) => {
      socket.ipv6 = integer(value) === 0;
    },
  }),
  ZMQ_LAST_ENDPOINT: only({ get: (socket) => socket.lastEndpoint ?? "" }),
  ZMQ_ROUTER_MANDATORY: flag("mandatory"),
  ZMQ_TCP_KEEPALIVE: number("tcpKeepalive"),
  ZMQ_TCP_KEEPALIVE_CNT: number("tcpKeepaliveCount"),
  ZMQ_TCP_KEEPALIVE_IDLE: number("tcpKeepaliveIdle"),
  ZMQ_TCP_KEEPALIVE_INTVL: number("tcpKeepaliveInterval"),
  ZMQ_TCP_ACCEPT_FILTER: string("tcpAcceptFilter"),
  ZMQ_IMMEDIATE: flag("immediate"),
  ZMQ_XPUB_VERBOSE: verbosity("allSubs"),
  ZMQ_XPUB_VERBOSER: verbosity("allSubsUnsubs"),
  ZMQ_ROUTER_RAW: number("routerRaw"),
  ZMQ_IPV6: flag("ipv6"),
  ZMQ_MECHANISM: only({ get: (socket) => mechanisms.indexOf(socket.securityMechanism) }),
  ZMQ_PLAIN_SERVER: flag("plainServer"),
  ZMQ_PLAIN_USERNAME: string("plainUsername"),
  ZMQ_PLAIN_PASSWORD: string("plainPassword"),
  ZMQ_CURVE_SERVER: flag("curveServer"),
  ZMQ_CURVE_PUBLICKEY: key("curvePublicKey"),
  ZMQ_CURVE_SECRETKEY: key("curveSecretKey"),
  ZMQ_CURVE_SERVERKEY: key("curveServerKey"),
  ZMQ_PROBE_ROUTER: setFlag("probeRouter"),
  ZMQ_REQ_CORRELATE: setFlag("correlate"),
  ZMQ_REQ_RELAXED: setFlag("relaxed"),
  ZMQ_CONFLATE: setFlag("conflate"),
  ZMQ_ZAP_DOMAIN: string("zapDomain"),
  ZMQ_ROUTER_HANDOVER: setFlag("handover"),
  ZMQ_TOS: number("typeOfService"),
  ZMQ_HANDSHAKE_IVL: number("handshakeInterval"),
  ZMQ_SOCKS_PROXY: string("socksProxy"),
  ZMQ_XPUB_NODROP: setFlag("noDrop"),
  ZMQ_XPUB_MANUAL: setFlag("manual"),
  ZMQ_XPUB_WELCOME_MSG: binary("welcomeMessage"),
  ZMQ_STREAM_NOTIFY: setFlag("notify"),
  ZMQ_INVERT_MATCHING: flag("invertMatching"),
  ZMQ_HEARTBEAT_IVL: number("heartbeatInterval"),
  ZMQ_HEARTBEAT_TTL: number("heartbeatTimeToLive"),
  ZMQ_HEARTBEAT_TIMEOUT: number("heartbeatTimeout"),
  ZMQ_CONNECT_TIMEOUT: number("connectTimeout"),
  ZMQ_TCP_MAXRT: number("tcpMaxRetransmitTimeout"),
};

const byNumber = new Map(
  Object.entries(numbered).map(([name, make]) => {
    const option: number = optionNumbers[name as keyof typeof optionNumbers];
    return [option, make(option)];
  }),
);

/** `zmq.options`: the options that are properties of a socket, by name. */
export const options = {
  _fd: optionNumbers.ZMQ_FD,
  _ioevents: optionNumbers.ZMQ_EVENTS,
  _receiveMore: optionNumbers.ZMQ_RCVMORE,
  _subscribe: optionNumbers.ZMQ_SUBSCRIBE,
  _unsubscribe: optionNumbers.ZMQ_UNSUBSCRIBE,
  affinity: optionNumbers.ZMQ_AFFINITY,
  backlog: optionNumbers.ZMQ_BACKLOG,
  conflate: optionNumbers.ZMQ_CONFLATE,
  connect_timeout: optionNumbers.ZMQ_CONNECT_TIMEOUT,
  curve_publickey: optionNumbers.ZMQ_CURVE_PUBLICKEY,
  curve_secretkey: optionNumbers.ZMQ_CURVE_SECRETKEY,
  curve_server: optionNumbers.ZMQ_CURVE_SERVER,
  curve_serverkey: optionNumbers.ZMQ_CURVE_SERVERKEY,
  fd: optionNumbers.ZMQ_FD,
  handshake_ivl: optionNumbers.ZMQ_HANDSHAKE_IVL,
  heartbeat_ivl: optionNumbers.ZMQ_HEARTBEAT_IVL,
  heartbeat_timeout: optionNumbers.ZMQ_HEARTBEAT_TIMEOUT,
  heartbeat_ttl: optionNumbers.ZMQ_HEARTBEAT_TTL,
  hwm: optionNumbers.ZMQ_HWM,
  identity: optionNumbers.ZMQ_IDENTITY,
  immediate: optionNumbers.ZMQ_IMMEDIATE,
  ioevents: optionNumbers.ZMQ_EVENTS,
  ipv4only: optionNumbers.ZMQ_IPV4ONLY,
  ipv6: optionNumbers.ZMQ_IPV6,
  last_endpoint: optionNumbers.ZMQ_LAST_ENDPOINT,
  linger: optionNumbers.ZMQ_LINGER,
  mandatory: optionNumbers.ZMQ_ROUTER_MANDATORY,
  maxmsgsize: optionNumbers.ZMQ_MAXMSGSIZE,
  mcast_loop: optionNumbers.ZMQ_MCAST_LOOP,
  mechanism: optionNumbers.ZMQ_MECHANISM,
  multicast_hops: optionNumbers.ZMQ_MULTICAST_HOPS,
  plain_password: optionNumbers.ZMQ_PLAIN_PASSWORD,
  plain_server: optionNumbers.ZMQ_PLAIN_SERVER,
  plain_username: optionNumbers.ZMQ_PLAIN_USERNAME,
  probe_router: optionNumbers.ZMQ_PROBE_ROUTER,
  rate: optionNumbers.ZMQ_RATE,
  rcvbuf: optionNumbers.ZMQ_RCVBUF,
  rcvhwm: optionNumbers.ZMQ_RCVHWM,
  rcvtimeo: optionNumbers.ZMQ_RCVTIMEO,
  reconnect_ivl: optionNumbers.ZMQ_RECONNECT_IVL,
  reconnect_ivl_max: optionNumbers.ZMQ_RECONNECT_IVL_MAX,
  recovery_ivl: optionNumbers.ZMQ_RECOVERY_IVL,
  req_correlate: optionNumbers.ZMQ_REQ_CORRELATE,
  req_relaxed: optionNumbers.ZMQ_REQ_RELAXED,
  router_handover: optionNumbers.ZMQ_ROUTER_HANDOVER,
  router_mandatory: optionNumbers.ZMQ_ROUTER_MANDATORY,
  router_raw: optionNumbers.ZMQ_ROUTER_RAW,
  sndbuf: optionNumbers.ZMQ_SNDBUF,
  sndhwm: optionNumbers.ZMQ_SNDHWM,
  sndtimeo: optionNumbers.ZMQ_SNDTIMEO,
  socks_proxy: optionNumbers.ZMQ_SOCKS_PROXY,
  stream_notify: optionNumbers.ZMQ_STREAM_NOTIFY,
  swap: optionNumbers.ZMQ_SWAP,
  tcp_accept_filter: optionNumbers.ZMQ_TCP_ACCEPT_FILTER,
  tcp_keepalive: optionNumbers.ZMQ_TCP_KEEPALIVE,
  tcp_keepalive_cnt: optionNumbers.ZMQ_TCP_KEEPALIVE_CNT,
  tcp_keepalive_idle: optionNumbers.ZMQ_TCP_KEEPALIVE_IDLE,
  tcp_keepalive_intvl: optionNumbers.ZMQ_TCP_KEEPALIVE_INTVL,
  tos: optionNumbers.ZMQ_TOS,
  xpub_manual: optionNumbers.ZMQ_XPUB_MANUAL,
  xpub_nodrop: optionNumbers.ZMQ_XPUB_NODROP,
  xpub_verbose: optionNumbers.ZMQ_XPUB_VERBOSE,
  xpub_verboser: optionNumbers.ZMQ_XPUB_VERBOSER,
  xpub_welcome_msg: optionNumbers.ZMQ_XPUB_WELCOME_MSG,
  zap_domain: optionNumbers.ZMQ_ZAP_DOMAIN,
} as const;

export type OptionName = keyof typeof options;

/** The number of an option, given by number, by property name or by the name of its constant. */
export function optionNumber(option: unknown): number {
  if (typeof option === "number") return option;
  const given = String(option);
  const name = given === "subscribe" || given === "unsubscribe" ? `_${given}` : given;
  const found = Object.hasOwn(options, name)
    ? options[name as OptionName]
    : Object.hasOwn(optionNumbers, name)
      ? optionNumbers[name as keyof typeof optionNumbers]
      : undefined;
  if (found === undefined) throw new TypeError("Option must be an integer");
  return found;
}

export function getOption(socket: AnySocket, option: number): unknown {
  const get = byNumber.get(option)?.get;
  if (get === undefined) throw systemError("EINVAL");
  return guarded(() => get(socket));
}

export function setOption(socket: AnySocket, option: number, value: unknown): void {
  const set = byNumber.get(option)?.set;
  if (set === undefined) throw systemError("EINVAL");
  guarded(() => set(socket, value));
}

function guarded<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw classicError(error);
  }
}
