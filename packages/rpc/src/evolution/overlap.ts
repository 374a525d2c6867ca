/** Whether schemas have values in common, as far as types, values and tags of objects tell. */

import type { JsonSchema } from "../description/description.ts";
import type { Comparison, Given } from "./comparison.ts";
import { mapOf, own, type SchemaObject, schemasOf, stringsOf } from "./schemas.ts";
import { includes, typesOf, valuesOf } from "./values.ts";

type Resolving = Pick<Comparison, "taken" | "given">;

/** Whether there are no given values, for sure. */
export function isImpossible(comparison: Comparison, given: Given): boolean {
  const resolve = (schemas: readonly JsonSchema[]) => comparison.given(schemas);
  return areDisjoint({ taken: resolve, given: resolve }, given, given);
}

/** Whether no value satisfies both, for sure: by types, by values, or by a property as discriminated unions have it. */
export function areDisjoint(comparison: Resolving, taken: Given, given: Given, depth = 4): boolean {
  if (taken === false || given === false) return true;
  const givenTypes = typesOf(given);
  const types = typesOf(taken).filter((type) => givenTypes.includes(type));
  if (types.length === 0) return true;
  const [some, others] = [valuesOf(taken), valuesOf(given)];
  if (some !== undefined && others !== undefined && !some.some((each) => includes(others, each))) return true;
  if (depth === 0) return false;
  const fork = taken.map((schema) => schemasOf(schema, "anyOf") ?? schemasOf(schema, "oneOf")).find((list) => list);
  if (fork?.every((each) => areDisjoint(comparison, comparison.taken([each]), given, depth - 1))) return true;
  if (types.some((type) => type !== "object")) return false;
  const required = new Set([...taken, ...given].flatMap((schema) => stringsOf(schema, "required")));
  return [...required].some((name) => {
    const [left, right] = [propertyOf(name, taken), propertyOf(name, given)];
    if (left.length === 0 || right.length === 0) return false;
    return areDisjoint(comparison, comparison.taken(left), comparison.given(right), depth - 1);
  });
}

/** Whether a property has only a few values in both, and one of them in common. */
export function haveSameTag(comparison: Comparison, taken: Given, given: readonly SchemaObject[]): boolean {
  if (taken === false) return false;
  return taken
    .flatMap((schema) => Object.keys(mapOf(schema, "properties")))
    .some((name) => {
      const tags = valuesOf(comparison.taken(propertyOf(name, taken)) || []);
      const others = valuesOf(comparison.given(propertyOf(name, given)) || []);
      return tags !== undefined && others?.some((each) => includes(tags, each)) === true;
    });
}

function propertyOf(name: string, schemas: readonly SchemaObject[]): JsonSchema[] {
  return schemas
    .map((schema) => own(mapOf(schema, "properties"), name) as JsonSchema | undefined)
    .filter((schema) => schema !== undefined);
}
