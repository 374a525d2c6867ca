/** The members of sockets that send. */

import { internals } from "../internals-key.ts";
import type { Sendable } from "../message/message.ts";
import type { SendingOptions } from "../options/options.ts";
import { defineSendingOptions } from "../options/own-options.ts";
import { sendAll } from "../sending/send-all.ts";
import type { SendOptions } from "../sending/send-options.ts";
import type { StreamOptions } from "../waiting/wait-options.ts";
import { Socket } from "./socket.ts";

/**
 * The members of every socket that sends. `S` is the type of the messages that it accepts.
 *
 * @category Sending
 */
export interface Sending<S = Sendable> extends SendingOptions {
  /**
   * Sends a message, and resolves when libzmq has accepted it.
   *
   * libzmq delivers it in the background. Any number of calls may wait, and messages are sent in the order of the calls. `send` waits at
   * the high-water mark: that is the backpressure. A send that is aborted or times out is never delivered later.
   *
   * From a worker thread over `inproc://`, binary frames of more than 128 bytes must not outlive the worker: see `closeAll`.
   *
   * @param message one frame, or an array of frames
   * @param options how long to wait, and whether to copy the bytes
   * @throws TypeError for a wrong message, before anything is sent; TimeoutError `ERR_TIMEOUT`, QueueFullError `ERR_QUEUE_FULL`,
   * ClosedError `ERR_CLOSED`, `signal.reason`, UnroutableError `ERR_UNROUTABLE` on sockets that address their peers, or MessagingError
   * `ERR_NATIVE` if libzmq fails
   */
  send(message: S, options?: SendOptions): Promise<void>;
  /**
   * Sends every message of a source, one after the other.
   *
   * It asks the source for a message only when the previous one was accepted. When it fails or is aborted, it closes the source. A message
   * that the source had given by then, and that was not accepted, is not sent.
   *
   * @param source an iterable or async iterable of messages
   * @param options a signal to stop
   * @returns the number of messages sent
   * @throws the errors of `send`, errors of the source, `signal.reason`
   */
  sendAll(source: Iterable<S> | AsyncIterable<S>, options?: StreamOptions): Promise<number>;
}

export interface SendingSocket<S = Sendable> extends Sending<S> {}
/**
 * The base class of sockets that only send. A {@link DuplexSocket} is not an instance of it.
 *
 * @category Sending
 */
export abstract class SendingSocket<S = Sendable> extends Socket implements Sending<S> {
  send(message: S, options?: SendOptions): Promise<void> {
    return this[internals].outbox.send(message, options);
  }
  sendAll(source: Iterable<S> | AsyncIterable<S>, options?: StreamOptions): Promise<number> {
    return sendAll(this, this[internals].closing, source, options);
  }
}

defineSendingOptions(SendingSocket.prototype);
