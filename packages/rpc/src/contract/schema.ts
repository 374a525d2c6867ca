/** Schemas, as far as a contract knows them. */

import type { StandardSchemaV1 } from "@standard-schema/spec";

/**
 * A schema of any Standard Schema library. A sender gives `In`, and a receiver gets `Out`.
 *
 * @category Contracts
 */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** What a sender gives. */
export type Given<S extends Schema> = StandardSchemaV1.InferInput<S>;

/** What a receiver gets. */
export type Received<S extends Schema> = StandardSchemaV1.InferOutput<S>;

export function isSchema(value: unknown): value is Schema {
  const standard = (Object(value) as { readonly "~standard"?: unknown })["~standard"];
  return typeof (Object(standard) as { readonly validate?: unknown }).validate === "function";
}
