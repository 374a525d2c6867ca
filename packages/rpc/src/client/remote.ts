/** The methods of a contract as functions of a client. */

import { internals } from "@awaitmq/core/internals";
import { type ReplyStream, RequestClient } from "@awaitmq/patterns";
import { type AnyContract, detailsOfContract } from "../contract/contract.ts";
import type { InputOf, Method, OutputOf } from "../contract/method.ts";
import { checkNames } from "../contract/names.ts";
import type { Stream } from "../contract/stream.ts";
import { checkUse } from "../middleware/layered.ts";
import { checkValidate } from "../values/checks.ts";
import { RemoteMethod } from "./remote-method.ts";
import type { RemoteCallOptions, RemoteOptions, RemoteStreamOptions } from "./remote-options.ts";

/** What a caller gives: nothing, if the schema accepts that. */
type Arguments<Input, Options> = undefined extends Input
  ? [input?: Input, options?: Options]
  : [input: Input, options?: Options];

type Source<M extends Method> = Iterable<InputOf<M>> | AsyncIterable<InputOf<M>>;

/**
 * A method of a contract, as a function of a client.
 *
 * @category Clients
 */
export type RemoteFunction<M extends Method> = M["definition"]["input"] extends Stream
  ? M["definition"]["output"] extends Stream
    ? (source: Source<M>, options?: RemoteStreamOptions) => ReplyStream<OutputOf<M>>
    : (source: Source<M>, options?: RemoteStreamOptions) => Promise<OutputOf<M>>
  : M["definition"]["output"] extends Stream
    ? (...args: Arguments<InputOf<M>, RemoteStreamOptions>) => ReplyStream<OutputOf<M>>
    : (...args: Arguments<InputOf<M>, RemoteCallOptions>) => Promise<OutputOf<M>>;

/**
 * A function for each method of a contract.
 *
 * @category Clients
 */
export type Remote<C extends AnyContract> = {
  readonly [Name in keyof C["~contract"]["methods"]]: RemoteFunction<C["~contract"]["methods"][Name]>;
};

const names = {
  unary: "unary",
  "client-streaming": "clientStreaming",
  "server-streaming": "serverStreaming",
  "bidi-streaming": "bidiStreaming",
} as const;

/**
 * Makes a function of each method of a contract. Calls go through the client, with its servers, limits and retries.
 *
 * A method with one value in and out returns a promise. One that streams its output returns a `ReplyStream`: leaving the
 * loop cancels the call. One that streams its input takes any iterable or async iterable, and reads it as the handler does.
 * A call of an `idempotent` method may be retried or hedged, as `RequestClient` says.
 *
 * Values are checked by the contract's schemas. A wrong input is a `SchemaError` before anything is sent: the promise
 * rejects with it, or the loop throws it. The caller gets what the schema makes of the output.
 *
 * A call fails with:
 *
 * - `Failure`: an error that the contract declares; see `isFailure`.
 * - `SchemaError` (`ERR_SCHEMA`): a wrong input or output, with the path of what is wrong in it.
 * - `UnimplementedError` (`ERR_UNIMPLEMENTED`): the server has no such method.
 * - `UnsupportedError` (`ERR_UNSUPPORTED`): the method is of another kind at the server.
 * - `CodecError` (`ERR_CODEC`): a value cannot be encoded or decoded, or the server does not know the codec.
 * - `RemoteError` (`ERR_REMOTE`): the handler threw something else.
 * - the errors of `RequestClient.request` and `stream`.
 *
 * @category Clients
 * @param contract what the service takes and gives
 * @param client where the service is. Its own codec and schema do not matter
 * @param options middleware and checks
 * @throws TypeError for wrong arguments
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, implement, remote } from "@awaitmq/rpc";
 * import { services, stream, type } from "@awaitmq/rpc";
 *
 * const counter = contract("counter", {
 *   count: { input: type<number>(), output: stream(type<number>()) },
 * });
 * const service = implement(counter, {
 *   async *count(from) {
 *     for (let number = from; ; number++) yield number;
 *   },
 * });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * for await (const number of remote(counter, client).count(7)) {
 *   console.log(number); // 7
 *   break; // ends the handler too
 * }
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function remote<C extends AnyContract>(
  contract: C,
  client: RequestClient<never, unknown>,
  options: RemoteOptions = {},
): Remote<C> {
  const { methods, codec } = detailsOfContract("remote", contract);
  if (!(client instanceof RequestClient)) throw new TypeError("remote takes a RequestClient");
  checkNames("The options of remote", options, ["use", "validate"]);
  const { use = [], validate = true } = options;
  checkUse(use);
  checkValidate("validate", validate);
  const settings = { use, validate, codec };
  const functions = Object.values(methods).map((method) => [
    method.name,
    new RemoteMethod(method, client[internals], settings)[names[method.kind]],
  ]);
  return Object.freeze(Object.fromEntries(functions)) as Remote<C>;
}
