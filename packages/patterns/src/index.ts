/**
 * Servers, clients, workers, publishers and brokers over `@awaitmq/core`.
 *
 * @module @awaitmq/patterns
 */

export { type BalanceCount, type BalanceOptions, balance } from "./dealer-router/balance.ts";
export type { Peer } from "./dealer-router/peer.ts";
export { type Peers, type RouteOptions, route } from "./dealer-router/route.ts";
export {
  type BalancedContext,
  type BalancedHandler,
  type ServeBalancedOptions,
  serveBalanced,
} from "./dealer-router/serve-balanced.ts";
export {
  CancelledError,
  CodecError,
  DisconnectedError,
  EnvelopeError,
  InUseError,
  OverloadedError,
  RemoteError,
  SchemaError,
  UnavailableError,
} from "./errors.ts";
export { bytes, type Codec, codec, type Decoder, type Encoder, json, text } from "./message/codec.ts";
export type { Schema } from "./message/schema.ts";
export {
  type SubscribeOptions,
  type Subscription,
  subscribe,
  type TopicMessage,
} from "./publish-subscribe/subscribe.ts";
export type { TopicMatch } from "./publish-subscribe/topic.ts";
export {
  type SubscribedOptions,
  TopicPublisher,
  type TopicPublisherOptions,
} from "./publish-subscribe/topic-publisher.ts";
export { type CollectOptions, collect } from "./push-pull/collect.ts";
export { type TaskContext, type TaskHandler, type WorkOptions, work } from "./push-pull/work.ts";
export type {
  ClientStats,
  HedgeOptions,
  RequestClientOptions,
  RequestOptions,
  RetryOptions,
} from "./request-reply/client/client-options.ts";
export { RequestClient } from "./request-reply/client/request-client.ts";
export { serve } from "./request-reply/server/serve.ts";
export type {
  RequestContext,
  RequestHandler,
  ServeOptions,
  ServerStats,
} from "./request-reply/server/serve-options.ts";
export type { Server } from "./request-reply/server/server.ts";
export type { RequestTrace } from "./request-reply/trace.ts";
