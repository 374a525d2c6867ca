/** The table of socket options: the number of each by its constant, its kind over core, and its properties. */

import { internals } from "@awaitmq/core/internals";
import { optionNumbers } from "../constants.ts";
import {
  binary,
  flag,
  gone,
  highWaterMarks,
  integer,
  type Kind,
  kept,
  key,
  number,
  only,
  setFlag,
  string,
  subscription,
  verbosity,
} from "./option-kinds.ts";

const mechanisms: readonly unknown[] = [null, "plain", "curve", "gssapi"];

export const table = {
  ZMQ_HWM: option(highWaterMarks, "hwm"),
  ZMQ_SWAP: option(gone, "swap"),
  ZMQ_AFFINITY: option(number("affinity"), "affinity"),
  ZMQ_IDENTITY: option(binary("routingId"), "identity"),
  ZMQ_SUBSCRIBE: option(subscription("subscribe"), "_subscribe"),
  ZMQ_UNSUBSCRIBE: option(subscription("unsubscribe"), "_unsubscribe"),
  ZMQ_RATE: option(number("rate"), "rate"),
  ZMQ_RECOVERY_IVL: option(number("recoveryInterval"), "recovery_ivl"),
  ZMQ_MCAST_LOOP: option(gone, "mcast_loop"),
  ZMQ_SNDBUF: option(number("sendBufferSize"), "sndbuf"),
  ZMQ_RCVBUF: option(number("receiveBufferSize"), "rcvbuf"),
  // Messages are read completely, so no frames ever remain.
  ZMQ_RCVMORE: option(only({ get: () => 0 }), "_receiveMore"),
  ZMQ_FD: option(only({ get: (socket) => socket[internals].native.getInt32Option(optionNumbers.ZMQ_FD) }), "_fd", "fd"),
  ZMQ_EVENTS: option(
    only({
      get: (socket) => {
        const { inbox, native } = socket[internals];
        return (native.readable === true || inbox.ready ? 1 : 0) | (native.writable === true ? 2 : 0);
      },
    }),
    "_ioevents",
    "ioevents",
  ),
  ZMQ_TYPE: option(only({ get: (socket) => socket.type })),
  ZMQ_LINGER: option(kept(-1), "linger"),
  ZMQ_RECONNECT_IVL: option(number("reconnectInterval"), "reconnect_ivl"),
  ZMQ_BACKLOG: option(number("backlog"), "backlog"),
  ZMQ_RECONNECT_IVL_MAX: option(number("reconnectMaxInterval"), "reconnect_ivl_max"),
  ZMQ_MAXMSGSIZE: option(number("maxMessageSize"), "maxmsgsize"),
  ZMQ_SNDHWM: option(number("sendHighWaterMark"), "sndhwm"),
  ZMQ_RCVHWM: option(number("receiveHighWaterMark"), "rcvhwm"),
  ZMQ_MULTICAST_HOPS: option(number("multicastHops"), "multicast_hops"),
  ZMQ_RCVTIMEO: option(kept(-1), "rcvtimeo"),
  ZMQ_SNDTIMEO: option(kept(-1), "sndtimeo"),
  ZMQ_IPV4ONLY: option(
    only({
      get: (socket) => (socket.ipv6 ? 0 : 1),
      set: (socket, value) => {
        socket.ipv6 = integer(value) === 0;
      },
    }),
    "ipv4only",
  ),
  ZMQ_LAST_ENDPOINT: option(only({ get: (socket) => socket.lastEndpoint ?? "" }), "last_endpoint"),
  ZMQ_ROUTER_MANDATORY: option(flag("mandatory"), "mandatory", "router_mandatory"),
  ZMQ_TCP_KEEPALIVE: option(number("tcpKeepalive"), "tcp_keepalive"),
  ZMQ_TCP_KEEPALIVE_CNT: option(number("tcpKeepaliveCount"), "tcp_keepalive_cnt"),
  ZMQ_TCP_KEEPALIVE_IDLE: option(number("tcpKeepaliveIdle"), "tcp_keepalive_idle"),
  ZMQ_TCP_KEEPALIVE_INTVL: option(number("tcpKeepaliveInterval"), "tcp_keepalive_intvl"),
  ZMQ_TCP_ACCEPT_FILTER: option(string("tcpAcceptFilter"), "tcp_accept_filter"),
  ZMQ_IMMEDIATE: option(flag("immediate"), "immediate"),
  ZMQ_XPUB_VERBOSE: option(verbosity("allSubs"), "xpub_verbose"),
  ZMQ_ROUTER_RAW: option(number("routerRaw"), "router_raw"),
  ZMQ_IPV6: option(flag("ipv6"), "ipv6"),
  ZMQ_MECHANISM: option(only({ get: (socket) => mechanisms.indexOf(socket.securityMechanism) }), "mechanism"),
  ZMQ_PLAIN_SERVER: option(flag("plainServer"), "plain_server"),
  ZMQ_PLAIN_USERNAME: option(string("plainUsername"), "plain_username"),
  ZMQ_PLAIN_PASSWORD: option(string("plainPassword"), "plain_password"),
  ZMQ_CURVE_SERVER: option(flag("curveServer"), "curve_server"),
  ZMQ_CURVE_PUBLICKEY: option(key("curvePublicKey"), "curve_publickey"),
  ZMQ_CURVE_SECRETKEY: option(key("curveSecretKey"), "curve_secretkey"),
  ZMQ_CURVE_SERVERKEY: option(key("curveServerKey"), "curve_serverkey"),
  ZMQ_PROBE_ROUTER: option(setFlag("probeRouter"), "probe_router"),
  ZMQ_REQ_CORRELATE: option(setFlag("correlate"), "req_correlate"),
  ZMQ_REQ_RELAXED: option(setFlag("relaxed"), "req_relaxed"),
  ZMQ_CONFLATE: option(setFlag("conflate"), "conflate"),
  ZMQ_ZAP_DOMAIN: option(string("zapDomain"), "zap_domain"),
  ZMQ_ROUTER_HANDOVER: option(setFlag("handover"), "router_handover"),
  ZMQ_TOS: option(number("typeOfService"), "tos"),
  ZMQ_HANDSHAKE_IVL: option(number("handshakeInterval"), "handshake_ivl"),
  ZMQ_SOCKS_PROXY: option(string("socksProxy"), "socks_proxy"),
  ZMQ_XPUB_NODROP: option(setFlag("noDrop"), "xpub_nodrop"),
  ZMQ_XPUB_MANUAL: option(setFlag("manual"), "xpub_manual"),
  ZMQ_XPUB_WELCOME_MSG: option(binary("welcomeMessage"), "xpub_welcome_msg"),
  ZMQ_STREAM_NOTIFY: option(setFlag("notify"), "stream_notify"),
  ZMQ_INVERT_MATCHING: option(flag("invertMatching")),
  ZMQ_HEARTBEAT_IVL: option(number("heartbeatInterval"), "heartbeat_ivl"),
  ZMQ_HEARTBEAT_TTL: option(number("heartbeatTimeToLive"), "heartbeat_ttl"),
  ZMQ_HEARTBEAT_TIMEOUT: option(number("heartbeatTimeout"), "heartbeat_timeout"),
  ZMQ_XPUB_VERBOSER: option(verbosity("allSubsUnsubs"), "xpub_verboser"),
  ZMQ_CONNECT_TIMEOUT: option(number("connectTimeout"), "connect_timeout"),
  ZMQ_TCP_MAXRT: option(number("tcpMaxRetransmitTimeout")),
} as const satisfies { readonly [Constant in keyof typeof optionNumbers]?: Row<string> };

export interface Row<Name> {
  readonly kind: Kind;
  readonly names: readonly Name[];
}

/** @param names of the properties of a socket */
function option(kind: Kind): Row<never>;
function option<const Name extends string>(kind: Kind, ...names: Name[]): Row<Name>;
function option(kind: Kind, ...names: string[]): Row<string> {
  return { kind, names };
}
