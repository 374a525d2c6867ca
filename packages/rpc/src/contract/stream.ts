/** Marks an input or output that is a stream. */

import { isSchema, type Schema } from "./schema.ts";

/**
 * A stream of values, each checked by the same schema.
 *
 * @category Contracts
 */
export interface Stream<S extends Schema = Schema> {
  /** The schema of each item. */
  readonly "~stream": S;
}

/**
 * Makes the input or output of a method a stream of values.
 *
 * @category Contracts
 * @param schema checks each item
 * @throws TypeError for something that is not a schema
 * @example
 * ```ts
 * import { contract, stream, type } from "@awaitmq/rpc/contract";
 *
 * const logs = contract("logs", {
 *   tail: { input: type<string>(), output: stream(type<string>()) },
 *   upload: { input: stream(type<string>()), output: type<number>() },
 * });
 * console.log(logs.tail.kind); // server-streaming
 * console.log(logs.upload.kind); // client-streaming
 * ```
 */
export function stream<S extends Schema>(schema: S): Stream<S> {
  if (!isSchema(schema))
    throw new TypeError("stream takes a schema of the items: one of a Standard Schema library, or type<T>()");
  return Object.freeze({ "~stream": schema });
}

export function isStream(value: unknown): value is Stream {
  return isSchema((Object(value) as { readonly "~stream"?: unknown })["~stream"]);
}
