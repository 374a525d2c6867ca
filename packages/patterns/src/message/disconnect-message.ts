/** What a Router is told by libzmq when a peer goes: a message in the peer's name. */

import { capability, type Message, type Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";

/** ZMQ_DISCONNECT_MSG of `zmq_draft.h`, an option of the draft API. */
const disconnectOption = 111;

/** The one frame that stands for the end of a peer. A peer that sends it itself says that it is gone. */
const disconnectMessage: Buffer = Buffer.from("\0awaitmq:gone", "latin1");

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

/** Whether a message that a Router received tells that its peer is gone. */
export function isDisconnect(message: Message): boolean {
  return message.length === 2 && message[1]?.equals(disconnectMessage) === true;
}
