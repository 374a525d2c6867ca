/** How libzmq notifies a Router of peers that connect or disconnect: by messages in the peer's name. */

import { capability, type Message, type Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";

/** ZMQ_DISCONNECT_MSG of `zmq_draft.h`, an option of the draft API. */
const disconnectOption = 111;

/** The one frame that stands for a disconnect. A peer that sends this frame itself counts as disconnected. */
const disconnectMessage: Buffer = Buffer.from("\0awaitmq:gone", "latin1");

/** ZMQ_ROUTER_NOTIFY of `zmq_draft.h`, and ZMQ_NOTIFY_CONNECT. */
const notifyOption = 97;
const notifyOfConnects = 1;

/** Routers that had no endpoint yet when the option was set. */
const announcing = new WeakSet<Router>();

/**
 * Has the router receive `[routing id, disconnectMessage]` when a peer disconnects, after all its messages.
 *
 * It lasts for the router's life, and affects endpoints that are bound or connected later.
 *
 * @returns whether it affects all peers. False if the router already has endpoints (zeromq then emits a process warning
 * that the option takes effect late), and if this build of libzmq does not support it
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
 * Has the router receive `[routing id, ""]` before all other messages of a new connection, for the router's life.
 *
 * With `handover`, a program learns by this that another peer now has that id. It affects peers with ZMTP 3 on
 * endpoints that are bound or connected later, if this build of libzmq supports it.
 */
export function announceArrivals(router: Router): void {
  if (capability.draft !== true || router.endpoints.length > 0) return;
  try {
    router[internals].native.setInt32Option(notifyOption, notifyOfConnects);
  } catch {
    // This build does not support it.
  }
}

/** Whether a message that a Router received reports a new connection. A peer with ZMQ_PROBE_ROUTER sends the same. */
export function isArrival(message: Message): boolean {
  return message.length === 2 && message[1]?.length === 0;
}

/** Whether a message that a Router received reports a disconnect. */
export function isDisconnect(message: Message): boolean {
  return message.length === 2 && message[1]?.equals(disconnectMessage) === true;
}
