/** What the parts of a comparison need of each other. */

import type { JsonSchema } from "../description/description.ts";
import type { Place } from "./place.ts";
import type { SchemaObject, Shape } from "./schemas.ts";

/** The schemas that values satisfy, all of them at once, with references resolved. `false` if there are no such values. */
export type Given = readonly SchemaObject[] | false;

/** Alternatives of a giving `oneOf`: all but one refuse the given values. */
export interface Refusing {
  readonly alternatives: readonly JsonSchema[];
  readonly except: number;
}

/** Compares a schema that takes values with one that gives them. */
export interface Comparison {
  /**
   * Whether a schema accepts all given values. If not, the reasons are reported, unless the place is silent.
   *
   * @param refusing schemas that refuse the given values, as alternatives of a `oneOf` do
   */
  accepts(taker: JsonSchema, given: Given, place: Place, refusing?: readonly Refusing[]): boolean;
  /** Reports a reason, and returns `false`. */
  refuse(place: Place, message: string): false;
  /** Resolves references of the giving schemas. */
  given(schemas: readonly JsonSchema[]): Given;
  /** Resolves references of the taking schema. */
  taken(schemas: readonly JsonSchema[]): Given;
  /** Whether the `$ref` of a taking schema was replaced by what it names. */
  isFollowed(taker: SchemaObject): boolean;
  /** What was made of a part of a schema before, or what is made of it now. */
  memo<T>(part: object, make: () => T): T;
  /** Whether a part of the taking schema says the same as one of the giving schema. */
  isSame(taker: unknown, giver: unknown, shape: Shape): boolean;
}

/** Compares some keywords of one schema. The given values may have a type for which the keywords matter. */
export type Check = (
  comparison: Comparison,
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
) => boolean;
