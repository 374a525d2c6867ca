/** The options of a remote service and of its calls. */

import type { CallOptions, StreamCallOptions } from "@awaitmq/patterns";
import type { ContractCodec } from "../contract/codec.ts";
import type { Validate } from "../values/checks.ts";
import type { ClientMiddleware } from "./client-call.ts";

/**
 * The options of `remote`.
 *
 * @category Clients
 */
export interface RemoteOptions {
  /** Middleware around all calls, the outermost first. @default none */
  readonly use?: readonly ClientMiddleware[] | undefined;
  /**
   * Which values are checked: `true` for all, `"incoming"` for outputs only, `false` for none.
   *
   * A value that is not checked is not transformed either: the caller gets what the handler gave. @default true
   */
  readonly validate?: Validate | undefined;
}

/**
 * The options of a call. Missing ones are as in the client's options.
 *
 * @category Clients
 */
export interface RemoteCallOptions extends CallOptions {
  /** Whether handling the call twice is harmless. @default what the contract says */
  readonly idempotent?: boolean | undefined;
  /**
   * How this call encodes its values, if the server knows it (`codecs` of `implement`). If the input is bytes or `undefined`, it
   * is sent without this codec, and the reply comes in that of the contract. @default that of the contract
   */
  readonly codec?: ContractCodec | undefined;
}

/**
 * The options of a streaming call. Missing ones are as in the client's options.
 *
 * @category Clients
 */
export interface RemoteStreamOptions extends Omit<StreamCallOptions<never>, "input"> {
  /** Whether handling the call twice is harmless. @default what the contract says */
  readonly idempotent?: boolean | undefined;
  /**
   * How this call encodes its values, if the server knows it (`codecs` of `implement`). If the input is bytes or `undefined`, it
   * is sent without this codec, and the reply comes in that of the contract. @default that of the contract
   */
  readonly codec?: ContractCodec | undefined;
}
