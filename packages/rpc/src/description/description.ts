/** What a description of services contains: data only, as the method `awaitmq.describe` sends it. */

import type { MethodKind } from "../contract/method.ts";

/** A JSON Schema, of draft 2020-12 where its library can choose. @category Description */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/**
 * The contracts that a server implements, as data that JSON can carry.
 *
 * @category Description
 */
export interface Description {
  /** The version of this shape. */
  readonly version: 1;
  readonly contracts: readonly ContractDescription[];
}

/**
 * One contract of a {@link Description}.
 *
 * @category Description
 */
export interface ContractDescription {
  /** Unique within its description. It may have dots: `shop.prices`. */
  readonly name: string;
  /** The name of the codec in which its clients send values. Absent for JSON. A server may know more codecs. */
  readonly codec?: string;
  readonly methods: readonly MethodDescription[];
}

/**
 * One method of a {@link ContractDescription}. Its schemas describe values on the wire, before a schema transforms them.
 *
 * @category Description
 */
export interface MethodDescription {
  /** Unique within its contract. */
  readonly name: string;
  readonly kind: MethodKind;
  readonly description?: string;
  /** Whether clients may send a request twice: they retry and hedge only if it is `true`. */
  readonly idempotent: boolean;
  /** The schema of the input, or of each of its items if it is a stream. Absent if the contract has none, or none as a JSON Schema. */
  readonly input?: JsonSchema;
  /** The schema of the output, or of each of its items if it is a stream. Absent if the contract has none, or none as a JSON Schema. */
  readonly output?: JsonSchema;
  /** The declared error codes, each with the schema of its data, or `null` if that has none as a JSON Schema. */
  readonly errors: { readonly [code: string]: JsonSchema | null };
}
