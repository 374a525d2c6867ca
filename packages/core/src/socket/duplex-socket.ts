/** Sockets that receive and send. */

import type { Message, Sendable } from "../message/message.ts";
import { defineSendingOptions } from "../options/own-options.ts";
import { type Receiving, ReceivingSocket } from "./receiving-socket.ts";
import { type Sending, SendingSocket } from "./sending-socket.ts";

export interface DuplexSocket<M = Message, S = Sendable> extends Receiving<M>, Sending<S> {}
/**
 * The base class of sockets that receive and send.
 *
 * It is a subclass of {@link ReceivingSocket}. It has `send` and `sendAll`, but is not a subclass of {@link SendingSocket}.
 *
 * @category Sockets
 */
export abstract class DuplexSocket<M = Message, S = Sendable> extends ReceivingSocket<M> implements Sending<S> {}

// JavaScript has single inheritance, so a duplex socket borrows the methods of a sending one.
for (const name of ["send", "sendAll"] as const) {
  Object.defineProperty(DuplexSocket.prototype, name, {
    value: SendingSocket.prototype[name],
    configurable: true,
    writable: true,
  });
}
defineSendingOptions(DuplexSocket.prototype);
