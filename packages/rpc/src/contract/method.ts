/** The methods of a contract: what each takes and gives. */

import type { Given, Received, Schema } from "./schema.ts";
import type { Stream } from "./stream.ts";

/**
 * What a contract says of a method. All is optional: a method without `input` takes nothing, and one without `output`
 * gives nothing.
 *
 * @category Contracts
 */
export interface MethodDefinition {
  /** The schema of what callers give, or `stream(schema)`. */
  readonly input?: Schema | Stream | undefined;
  /** The schema of what callers get, or `stream(schema)`. */
  readonly output?: Schema | Stream | undefined;
  /**
   * The failures that callers are to handle: a code, and the schema of its data. Codes have letters, digits and `_`, and
   * do not begin with `ERR_`. These schemas must be synchronous.
   */
  readonly errors?: Readonly<Record<string, Schema>> | undefined;
  /**
   * Whether handling a call twice does no harm. Only then does a client retry a call whose fate is unknown, or hedge it. A
   * stream is never retried after its first item. A broker (`balance`) gives any call of a lost worker to another one.
   * @default false
   */
  readonly idempotent?: boolean | undefined;
  /** A sentence for people, which `describe` shows. */
  readonly description?: string | undefined;
}

/**
 * Which sides of a method stream.
 *
 * @category Contracts
 */
export type MethodKind = "unary" | "server-streaming" | "client-streaming" | "bidi-streaming";

/**
 * A method of a contract.
 *
 * @category Contracts
 */
export interface Method<Definition extends MethodDefinition = MethodDefinition> {
  /** The name of the contract and of the method: `"prices.quote"`. It is the method's name on the wire. */
  readonly path: string;
  /** The name in the contract: `"quote"`. */
  readonly name: string;
  /** Which sides stream. */
  readonly kind: MethodKind;
  /** Whether handling a call twice does no harm. */
  readonly idempotent: boolean;
  /** What the contract says of it. */
  readonly definition: Definition;
}

/** The schema of a value, or of each item of a stream. */
type SchemaOf<T> = T extends Stream<infer S> ? S : T extends Schema ? T : undefined;

export type GivenBy<T, Nothing = undefined> = SchemaOf<T> extends infer S extends Schema ? Given<S> : Nothing;
export type ReceivedFrom<T, Nothing = undefined> = SchemaOf<T> extends infer S extends Schema ? Received<S> : Nothing;

/**
 * What callers give to a method: its input or, if it is a stream, one item.
 *
 * @category Contracts
 */
export type InputOf<M extends Method> = GivenBy<M["definition"]["input"]>;

/**
 * What callers get of a method: its output or, if it is a stream, one item.
 *
 * @category Contracts
 */
export type OutputOf<M extends Method> = ReceivedFrom<M["definition"]["output"], void>;

/** The schemas of a method's failures by their codes. `Method` itself stands for any method, so it has any code. */
export type SchemasOfErrors<M extends Method> =
  Exclude<M["definition"]["errors"], undefined> extends infer E extends Readonly<Record<string, Schema>>
    ? E
    : Readonly<Record<never, Schema>>;

/**
 * The failures of a method: the type of the data for each code.
 *
 * @category Contracts
 */
export type ErrorsOf<M extends Method> = {
  readonly [Code in keyof SchemasOfErrors<M>]: ReceivedFrom<SchemasOfErrors<M>[Code]>;
};
