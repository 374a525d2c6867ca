/** The members of sockets that receive. */

import { internals } from "../internals-key.ts";
import { defineImmediate } from "../kinds/immediate.ts";
import type { Message } from "../message/message.ts";
import type { ReceivingOptions } from "../options/options.ts";
import { defineReceivingOptions } from "../options/own-options.ts";
import type { Inbox } from "../receiving/inbox.ts";
import { receive } from "../receiving/receive.ts";
import { type BatchOptions, BatchStream, MessageStream } from "../receiving/stream.ts";
import type { StreamOptions, WaitOptions } from "../waiting/wait-options.ts";
import { Socket } from "./socket.ts";

/**
 * The members of every socket that receives. `M` is the type of its messages.
 *
 * @category Receiving
 */
export interface Receiving<M = Message> extends ReceivingOptions, AsyncIterable<M, undefined> {
  /**
   * Receives the next message.
   *
   * Any number of calls may wait. They are served in the order of the calls, and each message goes to one of them. A call that is aborted
   * or times out loses nothing: the next reader gets the message.
   *
   * @param options how long to wait
   * @returns the frames of the message
   * @throws TimeoutError `ERR_TIMEOUT`, ClosedError `ERR_CLOSED`, `signal.reason`, or MessagingError `ERR_NATIVE` if libzmq fails
   */
  receive(options?: WaitOptions): Promise<M>;
  /**
   * Iterates over messages until the socket closes.
   *
   * Several loops share the messages: each message goes to one of them. Leaving a loop loses nothing and leaves the socket open.
   *
   * @param options a signal to end the loop
   * @throws in the loop: `signal.reason`, TimeoutError after `receiveTimeout`, or MessagingError `ERR_NATIVE`
   */
  messages(options?: StreamOptions): AsyncIterableIterator<M, undefined>;
  /**
   * Iterates over arrays of the messages that have arrived: at least one message, at most `max`.
   *
   * @param options the largest batch, and a signal to end the loop
   * @throws in the loop: `signal.reason`, TimeoutError after `receiveTimeout`, or MessagingError `ERR_NATIVE`
   */
  batches(options?: BatchOptions): AsyncIterableIterator<M[], undefined>;
  /** Makes `for await (const message of socket)` work. Leaving the loop loses nothing and leaves the socket open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined>;
}

export interface ReceivingSocket<M = Message> extends Receiving<M> {}
/**
 * The base class of sockets that receive. A {@link DuplexSocket}, which also sends, is an instance of it too.
 *
 * @category Receiving
 */
export abstract class ReceivingSocket<M = Message> extends Socket implements Receiving<M> {
  receive(options?: WaitOptions): Promise<M> {
    return receive(inboxOf<M>(this), options);
  }
  messages(options?: StreamOptions): AsyncIterableIterator<M, undefined> {
    return new MessageStream(inboxOf<M>(this), options);
  }
  batches(options?: BatchOptions): AsyncIterableIterator<M[], undefined> {
    return new BatchStream(inboxOf<M>(this), options);
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    return this.messages();
  }
}

defineImmediate(ReceivingSocket.prototype);
defineReceivingOptions(ReceivingSocket.prototype);

function inboxOf<M>(socket: Socket): Inbox<M> {
  return socket[internals].inbox as Inbox<M>;
}
