/** Socket types: their classic names and numbers, and core's class of each. */

import * as core from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { type SocketType, types } from "./constants.ts";
import { withClassicErrors } from "./errors.ts";
import type { AnySocket } from "./options/option-kinds.ts";

const classes = {
  pub: core.Publisher,
  xpub: core.XPublisher,
  sub: core.Subscriber,
  xsub: core.XSubscriber,
  req: core.Request,
  xreq: core.Dealer,
  rep: core.Reply,
  xrep: core.Router,
  push: core.Push,
  pull: core.Pull,
  dealer: core.Dealer,
  router: core.Router,
  pair: core.Pair,
  stream: core.Stream,
};

/** The newer name of each type, by number. */
const typeNames = new Map<number, string>(Object.entries(types).map(([name, number]) => [number, name]));

/** @throws TypeError for an unknown name or number */
export function socketType(type: unknown): SocketType {
  const name = typeof type === "number" ? typeNames.get(type) : type;
  if (typeof name !== "string" || !Object.hasOwn(classes, name))
    throw new TypeError(`Unknown socket type ${JSON.stringify(type)}`);
  return name as SocketType;
}

/**
 * Opens a socket with libzmq's defaults, as in the classic package. Core's bound of waiting messages is off. Core need not monitor the
 * socket, since nobody can call `ready`.
 *
 * @throws Error `EMFILE` if no more sockets or file descriptors can be opened
 */
export function openSocket(type: SocketType): AnySocket {
  const socket = withClassicErrors(() => new classes[type]() as unknown as AnySocket);
  const parts = socket[internals];
  parts.outbox.maxPending = Number.POSITIVE_INFINITY;
  parts.mayBeAwaited = false;
  socket.linger = 0;
  if ("immediate" in socket) socket.immediate = false;
  if ("mandatory" in socket) Object.assign(socket, { mandatory: false, handover: false });
  if ("relaxed" in socket) Object.assign(socket, { relaxed: false, correlate: false });
  return socket;
}
