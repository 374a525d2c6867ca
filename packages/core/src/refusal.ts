/** What libzmq says when it does not take a message, and what that means to whoever sends. */

import { MessagingError, UnroutableError } from "./errors.ts";

/** No room now, or not this socket's turn in the lock step of request and reply: later it may be. */
export function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EAGAIN" || code === "EBUSY" || code === "EFSM";
}

export function isOutOfTurn(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EFSM";
}

/** `peer` is the one that libzmq does not know, where that is the reason. */
export function sendError(error: unknown, socketName: string, peer: Buffer | number | undefined): MessagingError {
  const options = { cause: error };
  if (peer === undefined) {
    const { message } = error as Error;
    return new MessagingError(`Cannot send on the ${socketName} socket: ${message}`, "ERR_NATIVE", options);
  }
  const named = typeof peer === "number" ? peer : peer.toString("hex");
  return new UnroutableError(
    `Cannot send to peer ${named}: no such peer is connected to the ${socketName} socket`,
    peer,
    options,
  );
}
