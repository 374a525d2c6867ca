/** Every socket class beside the one of zeromq, and the options of each. */

import * as zmq from "zeromq";
import * as zmqDraft from "zeromq/lib/draft.js";
import * as drafts from "../../src/draft.ts";
import * as core from "../../src/index.ts";

const stable = [
  "Request",
  "Reply",
  "Push",
  "Pull",
  "Publisher",
  "Subscriber",
  "XPublisher",
  "XSubscriber",
  "Dealer",
  "Router",
  "Pair",
  "Stream",
] as const;

const draft = ["Server", "Client", "Radio", "Dish", "Scatter", "Gather", "Datagram"] as const;
export type AnySocket = core.Socket & Record<string, unknown>;
type SocketClass = new (options?: object) => AnySocket;

export const classes = [
  ...stable.map((name) => ({ name, ...both({ ...core }, { ...zmq }, name) })),
  ...draft.map((name) => ({ name, ...both({ ...drafts }, { ...zmqDraft }, name) })),
];

function both<Name extends string>(
  ours: Record<Name, unknown>,
  theirs: Record<Name, { prototype: object }>,
  name: Name,
) {
  return { ours: ours[name] as SocketClass, native: theirs[name].prototype };
}

/** Accessors of zeromq's sockets that are not options: two of them are methods here, two are not needed. */
export const notOptions = ["events", "readable", "writable"];

export interface Access {
  readonly readable: boolean;
  readonly writable: boolean;
}

export function accessors(prototype: object | null): Map<string, Access> {
  const found = new Map<string, Access>();
  for (let object = prototype; object !== null && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if ((get ?? set) !== undefined && !found.has(name))
        found.set(name, { readable: get !== undefined, writable: set !== undefined });
    }
  }
  return found;
}

/** A value other than the default, by option. */
export const values: Record<string, unknown> = {
  affinity: 1,
  rate: 200,
  recoveryInterval: 5_000,
  linger: 123,
  reconnectInterval: 50,
  backlog: 33,
  reconnectMaxInterval: 1_000,
  maxMessageSize: 4_096,
  tcpKeepalive: 1,
  tcpKeepaliveCount: 5,
  tcpKeepaliveIdle: 60,
  tcpKeepaliveInterval: 10,
  immediate: "other",
  ipv6: true,
  plainServer: true,
  plainUsername: "user",
  plainPassword: "secret",
  curveServer: true,
  zapDomain: "domain",
  typeOfService: 16,
  handshakeInterval: 1_000,
  socksProxy: "127.0.0.1:1080",
  heartbeatInterval: 500,
  heartbeatTimeToLive: 700,
  heartbeatTimeout: 900,
  connectTimeout: 800,
  tcpMaxRetransmitTimeout: 600,
  multicastMaxTransportDataUnit: 1_200,
  interface: "lo",
  zapEnforceDomain: true,
  sendBufferSize: 65_536,
  sendHighWaterMark: 7,
  sendTimeout: 250,
  multicastHops: 3,
  maxPendingSends: 20,
  receiveBufferSize: 65_536,
  receiveHighWaterMark: 9,
  receiveTimeout: 350,
  routingId: "name",
  mandatory: "other",
  invertMatching: true,
};

/** Only in builds for virtual machines of VMware. */
export const vmci = ["vmciBufferSize", "vmciBufferMinSize", "vmciBufferMaxSize", "vmciConnectTimeout"];

const keys = ["curvePublicKey", "curveSecretKey", "curveServerKey"];

/** A socket has one mechanism and one side of it; in one constructor with `plainUsername` these are overruled. */
export const otherMechanism = ["plainServer", "curveServer"];

/** Not in this build, or for Windows only, or with values that are no plain ones: these have tests of their own. */
export const apart = [...vmci, ...keys, "tcpAcceptFilter", "loopbackFastPath"];
