/**
 * Contracts of services. Imports nothing of Node, so a browser can share it.
 *
 * @module @awaitmq/rpc/contract
 */

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
