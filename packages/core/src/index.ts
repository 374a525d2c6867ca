/**
 * ZeroMQ sockets as async streams: send with a promise, receive with `for await`.
 *
 * @module @awaitmq/core
 */

export type { ConnectOptions } from "./connecting/connect-options.ts";
export type { SocketEvent } from "./connecting/monitor.ts";
export type { ReadyOptions } from "./connecting/ready.ts";
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
export { type CurveKeyPair, curveKeyPair } from "./keys/curve.ts";
export { z85 } from "./keys/z85.ts";
export type { Frame, Message, Sendable } from "./message/message.ts";
export { capability, version } from "./native/capability.ts";
export type { CommonOptions, CommonStatus } from "./options/common-options.ts";
export type * from "./options/options.ts";
export { proxy } from "./proxy/proxy.ts";
export type { ProxyOptions, ProxyStats } from "./proxy/proxy-options.ts";
export type { BatchOptions } from "./receiving/stream.ts";
export type { SendOptions } from "./sending/send-options.ts";
export { toWritable, toWritableStream, type WritableOptions, type WritableTarget } from "./sending/writable.ts";
export { Context, type ContextOptions, context } from "./socket/context.ts";
export { Dealer, Router } from "./socket/dealer-router.ts";
export { DuplexSocket } from "./socket/duplex-socket.ts";
export { type CloseOptions, closeAll } from "./socket/open-sockets.ts";
export { Pair, Stream } from "./socket/pair-stream.ts";
export { Publisher, Subscriber, XPublisher, XSubscriber } from "./socket/publish-subscribe.ts";
export { Pull, Push } from "./socket/push-pull.ts";
export { type Receiving, ReceivingSocket } from "./socket/receiving-socket.ts";
export { Reply, Request } from "./socket/request-reply.ts";
export { type Sending, SendingSocket } from "./socket/sending-socket.ts";
export { Socket } from "./socket/socket.ts";
export type { Handle, StopOptions } from "./waiting/handle.ts";
export type { StreamOptions, WaitOptions } from "./waiting/wait-options.ts";
