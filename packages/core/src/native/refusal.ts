/** libzmq's refusals of a message, and their meaning for the sender. */

import { MessagingError, TimeoutError, UnroutableError } from "../errors.ts";
import { fromKey } from "../message/bytes.ts";
import { peerName } from "../message/peer-name.ts";
import type { NativeHolder } from "./native.ts";

/** A refusal as a value, for a `catch`. */
export function asRefusal(error: unknown): { readonly error: unknown } {
  return { error };
}

/** Whether a retry may succeed: there is no room now, or it is not this socket's turn in the lock step of request and reply. */
export function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EAGAIN" || code === "EBUSY" || code === "EFSM";
}

export function isOutOfTurn(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EFSM";
}

/** Why it is not this socket's turn to send. */
function outOfTurn(socketName: string): string {
  return socketName === "Reply"
    ? "a Reply sends one reply to each request that it has received, and has no request to answer. Receive first"
    : "the reply to its last request has not arrived. Receive it first, with a timeout, or use a Dealer";
}

/** libzmq's error if it is not a socket's turn. */
export const notItsTurn: NodeJS.ErrnoException = Object.assign(
  new Error("Operation cannot be accomplished in current state"),
  { code: "EFSM" },
);

/** libzmq's error if no peer has room. */
export const noPeer: NodeJS.ErrnoException = Object.assign(new Error("Resource temporarily unavailable"), {
  code: "EAGAIN",
});

/** @param peer the unknown peer, if that is the reason */
export function sendError(error: unknown, socketName: string, peer: Buffer | number | undefined): MessagingError {
  const options = { cause: error };
  if (peer === undefined) {
    const { message } = error as Error;
    return new MessagingError(`Cannot send on the ${socketName} socket: ${message}`, options);
  }
  return new UnroutableError(
    `Cannot send to peer ${peerName(peer)}: no such peer is connected to the ${socketName} socket`,
    peer,
    options,
  );
}

/** @param peer the key of the peer whose queue is full */
export function sendTimeoutError(
  socket: NativeHolder,
  peer: string | undefined,
  wasOutOfTurn: boolean,
  timeout: number,
): TimeoutError {
  const { name } = socket;
  const sentence = `The ${name} socket could not send within ${timeout} ms; the message was not sent`;
  if (peer !== undefined) {
    const named = /^\d+$/.test(peer) && name === "Server" ? peer : peerName(fromKey(peer));
    return new TimeoutError(`${sentence}: the queue of peer ${named} is full, because it does not read`);
  }
  if (wasOutOfTurn) return new TimeoutError(`${sentence}: ${outOfTurn(name)}`);
  return socket.timeoutError(sentence, "send");
}
