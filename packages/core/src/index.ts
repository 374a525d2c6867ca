/**
 * ZeroMQ sockets as async streams.
 *
 * @module @awaitmq/core
 */

export { capability, version } from "./capability.ts";
export { Context, type ContextOptions, context } from "./context.ts";
export { type CurveKeyPair, curveKeyPair } from "./curve.ts";
export type { ConnectOptions } from "./endpoints.ts";
export {
  AddressError,
  ClosedError,
  type ErrorCode,
  HandshakeError,
  MessagingError,
  QueueFullError,
  TimeoutError,
  UnroutableError,
  UnsupportedError,
} from "./errors.ts";
export { type CloseOptions, closeAll } from "./lifetime.ts";
export type { Frame, Message, Sendable } from "./message.ts";
export type { SocketEvent } from "./monitor.ts";
export type * from "./options.ts";
export { type ProxyCount, type ProxyOptions, proxy } from "./proxy.ts";
export type { ReadyOptions } from "./ready.ts";
export type { SendOptions } from "./send-options.ts";
export { DuplexSocket, type Receiving, ReceivingSocket, type Sending, SendingSocket, Socket } from "./socket.ts";
export {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "./sockets.ts";
export type { BatchOptions, StreamOptions } from "./stream.ts";
export type { WaitOptions } from "./wait-options.ts";
export { toWritable, toWritableStream, type WritableOptions, type WritableTarget } from "./writable.ts";
export { z85 } from "./z85.ts";
