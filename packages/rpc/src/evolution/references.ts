/** Follows `$ref` within one document. */

import type { JsonSchema } from "../description/description.ts";
import { isAnnotation, isObject, isSchema, own, type SchemaObject, schemasOf, stringOf } from "./schemas.ts";

/** The schema that a `$ref` such as `#/$defs/Order` names, or `undefined` if the document does not have it. */
export function resolve(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  let place: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const key = unescaped(step);
    if (key === undefined || typeof place !== "object" || place === null) return undefined;
    place = own(place, key);
  }
  return isSchema(place) ? place : undefined;
}

function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return undefined;
  }
}

/**
 * The schemas that a value must all satisfy, with each `$ref` and `allOf` replaced by what it stands for. A `$ref` that the document
 * does not have stays in its schema.
 *
 * @returns `false` if no value can satisfy them
 */
export function flatten(schemas: readonly JsonSchema[], root: JsonSchema): SchemaObject[] | false {
  const seen = new Set<SchemaObject>();
  const pending = [...schemas];
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    if (refusesAll(schema)) return false;
    if (schema === true || seen.has(schema)) continue;
    seen.add(schema);
    const target = referenceOf(schema, root);
    if (target !== undefined) pending.push(target);
    pending.push(...(schemasOf(schema, "allOf") ?? []));
  }
  return [...seen].filter((schema) => hasConditions(schema, root));
}

/** Whether a schema says more than what replaces it. */
function hasConditions(schema: SchemaObject, root: JsonSchema): boolean {
  const isReplaced = (keyword: string) =>
    keyword === "$ref" ? referenceOf(schema, root) !== undefined : keyword === "allOf" && schemasOf(schema, keyword);
  return Object.keys(schema).some((keyword) => !isAnnotation(keyword) && !isReplaced(keyword));
}

/** What the `$ref` of a schema names, if it has one that can be resolved. */
export function referenceOf(schema: SchemaObject, root: JsonSchema): JsonSchema | undefined {
  const reference = stringOf(schema, "$ref");
  return reference === undefined ? undefined : resolve(reference, root);
}

/** `false`, or `{ not: {} }` as zod and others write it. */
function refusesAll(schema: JsonSchema): schema is false {
  if (typeof schema === "boolean") return !schema;
  const not = own(schema, "not");
  return not === true || (isObject(not) && Object.keys(not).length === 0);
}
