/** The errors of services: failures that a contract declares, and methods that nobody implements. */

import { MessagingError } from "@awaitmq/core";
import type { ErrorsOf, Method } from "./contract/method.ts";

/**
 * A failure that a contract declares. A handler throws what its `fail` returns, and the caller gets it with the same code
 * and data.
 *
 * @category Errors
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, Failure, implement, remote } from "@awaitmq/rpc";
 * import { services, type } from "@awaitmq/rpc";
 *
 * const door = contract("door", {
 *   open: { errors: { LOCKED: type<undefined>() } },
 * });
 * const service = implement(door, {
 *   open: (_, { fail }) => {
 *     throw fail("LOCKED");
 *   },
 * });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * const error = await remote(door, client).open().catch((error) => error);
 * if (!(error instanceof Failure)) throw error;
 * console.log(error.method, error.code); // door.open LOCKED
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export class Failure<Code extends string = string, Data = unknown> extends Error {
  override readonly name: string = "Failure";
  /** The path of the method that failed: `"prices.quote"`. */
  readonly method: string;
  /** The code that the contract declares. */
  readonly code: Code;
  /** What the contract says of this code. */
  readonly data: Data;

  constructor(method: string, code: Code, data: Data, message: string = `${method} failed with ${code}`) {
    super(message);
    this.method = method;
    this.code = code;
    this.data = data;
  }
}

/**
 * The failures of a method, told apart by their `code`.
 *
 * @category Errors
 */
export type FailureOf<M extends Method> = {
  [Code in keyof ErrorsOf<M>]: Failure<Code & string, ErrorsOf<M>[Code]>;
}[keyof ErrorsOf<M>];

/**
 * Whether an error is a failure that the contract declares for this method. TypeScript then knows its data by its code.
 *
 * @category Errors
 * @param method a method of a contract
 * @param error anything
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, implement, isFailure, remote } from "@awaitmq/rpc";
 * import { services, type } from "@awaitmq/rpc";
 *
 * const prices = contract("prices", {
 *   quote: {
 *     input: type<string>(),
 *     output: type<number>(),
 *     errors: { UNKNOWN_SYMBOL: type<{ symbol: string }>() },
 *   },
 * });
 * const service = implement(prices, {
 *   quote: (symbol, { fail }) => {
 *     throw fail("UNKNOWN_SYMBOL", { symbol });
 *   },
 * });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * try {
 *   await remote(prices, client).quote("XYZ");
 * } catch (error) {
 *   if (isFailure(prices.quote, error)) console.log(error.data.symbol); // XYZ
 * }
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function isFailure<M extends Method>(method: M, error: unknown): error is FailureOf<M> {
  return (
    error instanceof Failure &&
    error.method === method.path &&
    Object.hasOwn(method.definition.errors ?? {}, error.code)
  );
}

/**
 * The server implements no such method. `ERR_UNIMPLEMENTED`. No handler began.
 *
 * @category Errors
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, implement, remote } from "@awaitmq/rpc";
 * import { services, UnimplementedError } from "@awaitmq/rpc";
 *
 * const older = contract("door", { open: {} });
 * const service = implement(older, { open: () => {} });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const newer = contract("door", { open: {}, close: {} });
 * const client = new RequestClient({ connect: server.endpoints });
 * const error = await remote(newer, client).close().catch((error) => error);
 * if (!(error instanceof UnimplementedError)) throw error;
 * console.log(error.methods.join(" ")); // door.open awaitmq.describe
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export class UnimplementedError extends MessagingError {
  override readonly name: string = "UnimplementedError";
  override readonly code = "ERR_UNIMPLEMENTED" as const;
  /** The methods that there are: the first 200. */
  readonly methods: readonly string[];

  constructor(message: string, methods: readonly string[]) {
    super(message);
    this.methods = methods;
  }
}
