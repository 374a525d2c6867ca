/**
 * Servers, clients, workers, publishers and brokers over `@awaitmq/core`.
 *
 * @module @awaitmq/patterns
 */

export { balance } from "./broker/balance.ts";
export type { BalanceOptions, BalanceStats } from "./broker/balance-options.ts";
export { serveBalanced } from "./broker/serve-balanced.ts";
export type {
  BalancedContext,
  BalancedHandler,
  ServeBalancedOptions,
  ServeBalancedStats,
} from "./broker/serve-balanced-options.ts";
export {
  CancelledError,
  CodecError,
  DeadlockError,
  DisconnectedError,
  EnvelopeError,
  InUseError,
  OverloadedError,
  RemoteError,
  SchemaError,
  TooLateError,
  UnavailableError,
} from "./errors.ts";
export type { Failure } from "./message/error-reply.ts";
export { type DnsOptions, dns } from "./opening/dns.ts";
export type { Bind, Connect, Endpoints } from "./opening/opened-socket.ts";
export type { Servers } from "./opening/servers.ts";
export { route } from "./peers/route.ts";
export type { Peers, RouteOptions, RouteStats } from "./peers/route-options.ts";
export type { RoutedPeer } from "./peers/routed-peer.ts";
export type { SubscribedOptions, TopicPublisherOptions } from "./publish-subscribe/publisher-options.ts";
export { subscribe } from "./publish-subscribe/subscribe.ts";
export type {
  SubscribeOptions,
  SubscribeSettings,
  Subscription,
  TopicMessage,
} from "./publish-subscribe/subscribe-options.ts";
export type { TopicMatch } from "./publish-subscribe/topic.ts";
export { TopicPublisher } from "./publish-subscribe/topic-publisher.ts";
export { collect } from "./push-pull/collect.ts";
export type { Collection, CollectOptions, ValueCollectOptions } from "./push-pull/collect-options.ts";
export { work } from "./push-pull/work.ts";
export type { TaskContext, TaskHandler, ValueWorkOptions, WorkOptions, WorkStats } from "./push-pull/work-options.ts";
export type {
  CallOptions,
  ClientStats,
  HedgeOptions,
  RequestClientOptions,
  RetryOptions,
  StreamCallOptions,
} from "./request-reply/client/client-options.ts";
export type { ClientReadyOptions } from "./request-reply/client/ready-waits.ts";
export type { ReplyStream } from "./request-reply/client/reply-stream.ts";
export { RequestClient } from "./request-reply/client/request-client.ts";
export type { ServerState, ServerStatus } from "./request-reply/client/server-status.ts";
export { serve } from "./request-reply/server/serve.ts";
export type {
  RequestContext,
  RequestHandler,
  ServeOptions,
  ServerStats,
  ValueHandler,
} from "./request-reply/server/serve-options.ts";
export type { RequestTrace } from "./request-reply/trace.ts";
export type { Answer } from "./streams/answer.ts";
export type { Window } from "./streams/window.ts";
export { bytes, type Codec, codec, type Decoder, type Encoder, json, text } from "./value/codec.ts";
export type { Schema } from "./value/schema.ts";
export type {
  ByCodec,
  BySchema,
  FramesOnly,
  OnInvalid,
  ReadingByCodec,
  ReadingBySchema,
  ReadingOptions,
} from "./value/values.ts";
export type { Metadata } from "./wire/metadata.ts";
