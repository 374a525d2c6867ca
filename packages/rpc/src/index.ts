/**
 * Typed services over `@awaitmq/patterns`: a contract once, and both ends are typed and checked by it.
 *
 * @module @awaitmq/rpc
 */

export type { ClientCall, ClientChanges, ClientMiddleware } from "./client/client-call.ts";
export { type Remote, type RemoteFunction, remote } from "./client/remote.ts";
export type { RemoteCallOptions, RemoteOptions, RemoteStreamOptions } from "./client/remote-options.ts";
export type { ContractCodec } from "./contract/codec.ts";
export { type AnyContract, type Contract, type ContractOptions, contract } from "./contract/contract.ts";
export type {
  ErrorsOf,
  InputOf,
  Method,
  MethodDefinition,
  MethodKind,
  OutputOf,
} from "./contract/method.ts";
export type { Schema } from "./contract/schema.ts";
export { type Stream, stream } from "./contract/stream.ts";
export { type } from "./contract/type.ts";
export { describe } from "./description/describe.ts";
export type {
  ContractDescription,
  Description,
  JsonSchema,
  MethodDescription,
} from "./description/description.ts";
export { type HealthReport, type HealthStatus, introspection } from "./description/introspection.ts";
export { Failure, type FailureOf, isFailure, UnimplementedError } from "./errors.ts";
export { type BreakingChange, breakingChanges } from "./evolution/breaking-changes.ts";
export type { Fail, Handler, HandlerContext, Handlers, ServedContext } from "./service/handlers.ts";
export { type Health, health } from "./service/health.ts";
export { type ImplementOptions, implement, type Service } from "./service/implement.ts";
export type { ServiceCall, ServiceChanges, ServiceMiddleware } from "./service/service-call.ts";
export { type ServicesHandler, services } from "./service/services.ts";
export type { Validate } from "./values/checks.ts";
