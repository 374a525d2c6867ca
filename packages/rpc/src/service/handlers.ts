/** The handlers of a service, and what each gets. */

import type { Message } from "@awaitmq/core";
import type { Metadata } from "@awaitmq/patterns";
import type { AnyContract } from "../contract/contract.ts";
import type { GivenBy, Method, ReceivedFrom, SchemasOfErrors } from "../contract/method.ts";
import type { Given, Received } from "../contract/schema.ts";
import type { Stream } from "../contract/stream.ts";
import type { Failure } from "../errors.ts";

/**
 * What the handler of `serve` or `serveBalanced` gets, as far as services use it.
 *
 * @category Services
 */
export interface ServedContext {
  readonly signal: AbortSignal;
  readonly stopping: AbortSignal;
  readonly metadata: Metadata;
  readonly remaining: number;
  readonly input: AsyncIterableIterator<Message, undefined>;
  readonly peer?: Buffer;
  readonly priority?: number;
}

type DataOf<M extends Method, Code extends keyof SchemasOfErrors<M>> = GivenBy<SchemasOfErrors<M>[Code]>;

/** Without a declared code the mistake is the code, and no missing data. */
type FailArguments<Data> = [Data] extends [never]
  ? readonly unknown[]
  : undefined extends Data
    ? [data?: Data, message?: string]
    : [data: Data, message?: string];

/**
 * Makes a failure that the contract declares, for a handler to throw. It checks the data at once.
 *
 * @category Services
 */
export type Fail<M extends Method> = <Code extends keyof SchemasOfErrors<M> & string>(
  code: Code,
  ...args: FailArguments<DataOf<M, Code>>
) => Failure<Code, DataOf<M, Code>>;

/**
 * What a handler gets besides its input.
 *
 * @category Services
 */
export interface HandlerContext<M extends Method = Method, User = unknown> {
  /**
   * Makes a failure that the contract declares: `throw fail("UNKNOWN_SYMBOL", { symbol })`.
   *
   * @throws SchemaError (`ERR_SCHEMA`) for data that the contract does not allow; TypeError for another code
   */
  readonly fail: Fail<M>;
  /** Aborts when nobody waits for the reply any more. See `RequestContext` of `@awaitmq/patterns`. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop. A stream without an end should then end itself. */
  readonly stopping: AbortSignal;
  /** Who calls, if a middleware of the service found out. Undefined otherwise. */
  readonly user: User;
  /** What the client says about this call besides its input. Frozen, without a prototype. */
  readonly metadata: Metadata;
  /** Milliseconds until the client times out, now. Infinity if it does not. */
  readonly remaining: number;
  /** The routing id of the connection. No proof of identity. Undefined behind `balance`. */
  readonly peer: Buffer | undefined;
  /** The priority that the client asked for, -128 to 127. 0 if it asked for none, and behind `balance`. */
  readonly priority: number;
}

type HandlerInput<M extends Method> =
  M["definition"]["input"] extends Stream<infer S>
    ? AsyncIterableIterator<Received<S>, undefined>
    : ReceivedFrom<M["definition"]["input"]>;

type HandlerOutput<M extends Method> =
  M["definition"]["output"] extends Stream<infer S>
    ? AsyncIterable<Given<S>> | Promise<AsyncIterable<Given<S>>>
    : GivenBy<M["definition"]["output"], void> | Promise<GivenBy<M["definition"]["output"], void>>;

/**
 * Answers the calls of one method. It gets what the schema makes of the input, or an iterable of that. It returns what
 * the output's schema accepts, or an async iterable of that, such as an async generator.
 *
 * @category Services
 */
export type Handler<M extends Method = Method, User = unknown> = (
  input: HandlerInput<M>,
  context: HandlerContext<M, User>,
) => HandlerOutput<M>;

/**
 * A handler for each method of a contract.
 *
 * @category Services
 */
export type Handlers<C extends AnyContract, User = unknown> = {
  // The condition makes the compiler look up the method early. Otherwise a handler without parameters could not return
  // literals: { side: "buy" } would be of type { side: string }.
  readonly [Name in keyof C["~contract"]["methods"]]: C["~contract"]["methods"][Name] extends infer M extends Method
    ? Handler<M, User>
    : never;
};
