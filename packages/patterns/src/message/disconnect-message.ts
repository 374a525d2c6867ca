/** What a Router is told by libzmq when a peer comes or goes: messages in the peer's name. */

import { capability, type Message, type Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";

/** ZMQ_DISCONNECT_MSG of `zmq_draft.h`, an option of the draft API. */
const disconnectOption = 111;

/** The one frame that stands for the end of a peer. A peer that sends it itself says that it is gone. */
const disconnectMessage: Buffer = Buffer.from("\0awaitmq:gone", "latin1");

/** ZMQ_ROUTER_NOTIFY of `zmq_draft.h`, and ZMQ_NOTIFY_CONNECT. */
const notifyOption = 97;
const notifyOfConnects = 1;

/** Routers that had no endpoint yet when they were told. */
const announcing = new WeakSet<Router>();

/**
 * Has the router receive `[routing id, disconnectMessage]` when a peer goes, behind all that came from it, for the router's
 * life. It counts for the endpoints that are bound or connected from now on.
 *
 * @returns whether it counts for all peers: false where the router has endpoints already (zeromq then emits a process warning
 * that the option takes effect late), and where this build of libzmq can't do it
 */
export function announceDisconnects(router: Router): boolean {
  if (announcing.has(router)) return true;
  if (capability.draft !== true) return false;
  try {
    const inTime = router.endpoints.length === 0;
    router[internals].native.setStringOption(disconnectOption, disconnectMessage);
    if (inTime) announcing.add(router);
    return inTime;
  } catch {
    return false;
  }
}

/**
 * Has the router receive `[routing id, ""]` before all that comes by a new connection, for the router's life. With `handover` that
 * is how a program learns that the peer of that id is another one now. It counts for the endpoints that are bound or connected
 * from now on, of peers with ZMTP 3, where this build of libzmq can do it.
 */
export function announceArrivals(router: Router): void {
  if (capability.draft !== true || router.endpoints.length > 0) return;
  try {
    router[internals].native.setInt32Option(notifyOption, notifyOfConnects);
  } catch {
    // This build can't.
  }
}

/** Whether a message that a Router received tells that a peer has come: also by ZMQ_PROBE_ROUTER of the peer itself. */
export function isArrival(message: Message): boolean {
  return message.length === 2 && message[1]?.length === 0;
}

/** Whether a message that a Router received tells that its peer is gone. */
export function isDisconnect(message: Message): boolean {
  return message.length === 2 && message[1]?.equals(disconnectMessage) === true;
}
