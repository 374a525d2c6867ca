/** The types of sockets by their classic names and numbers, and core's class of each. */

import * as core from "@awaitmq/core";
import { type SocketType, types } from "./constants.ts";
import type { AnySocket } from "./option-kinds.ts";

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

/** The newer of the names of each type, by number. */
const typeNames = new Map<number, string>(Object.entries(types).map(([name, number]) => [number, name]));

/** @throws TypeError for an unknown name or number */
export function socketType(type: unknown): SocketType {
  const name = typeof type === "number" ? typeNames.get(type) : type;
  if (typeof name !== "string" || !Object.hasOwn(classes, name))
    throw new TypeError(`Unknown socket type ${JSON.stringify(type)}`);
  return name as SocketType;
}

export function openSocket(type: SocketType): AnySocket {
  return new classes[type]() as unknown as AnySocket;
}
