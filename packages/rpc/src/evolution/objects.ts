/** Compares the keywords of objects. */

import type { JsonSchema } from "../description/description.ts";
import type { Check, Comparison } from "./comparison.ts";
import { checkLeast, checkMost, strictest } from "./limits.ts";
import type { Place } from "./place.ts";
import { mapOf, own, type SchemaObject, schemaOf, stringsOf } from "./schemas.ts";

export const checkObjects: Check = (comparison, taker, given, place) => {
  const required = new Set(given.flatMap((schema) => stringsOf(schema, "required")));
  const names = new Set(given.flatMap((schema) => Object.keys(mapOf(schema, "properties"))));
  const isClosed = given.some((schema) => othersOf(schema) === false);
  const results = [
    checkLeast(
      comparison,
      taker,
      place,
      "minProperties",
      Math.max(strictest(given, "minProperties") ?? 0, required.size),
    ),
    checkMost(comparison, taker, place, "maxProperties", mostProperties(given)),
    checkNames(comparison, taker, given, place, isClosed ? [...names] : undefined),
  ];
  for (const name of new Set(stringsOf(taker, "required")))
    results.push(required.has(name) || comparison.refuse(place, place.say.required(name, names.has(name))));
  const properties = mapOf(taker, "properties");
  for (const [name, schema] of Object.entries(properties))
    results.push(checkProperty(comparison, name, schema, given, place));
  for (const name of names)
    if (!Object.hasOwn(properties, name)) results.push(checkOther(comparison, name, taker, given, place));
  return [...results, checkOthers(comparison, taker, given, place)].every(Boolean);
};

/** What a schema says of properties that it does not name. `undefined` if it says nothing. */
function othersOf(schema: SchemaObject): JsonSchema | undefined {
  // Patterns name properties too, and are not evaluated here.
  if (Object.hasOwn(schema, "patternProperties")) return true;
  return schemaOf(schema, "additionalProperties");
}

/** The same, where the property has no pattern of the taking schema. It then has none of a given schema with the same patterns. */
function othersBeside(comparison: Comparison, taker: SchemaObject): (schema: SchemaObject) => JsonSchema | undefined {
  const patterns = own(taker, "patternProperties");
  return (schema) =>
    patterns !== undefined && comparison.isSame(patterns, own(schema, "patternProperties"), "map")
      ? schemaOf(schema, "additionalProperties")
      : othersOf(schema);
}

/** What the given schemas say of a property. Empty if they neither name it nor say anything of others. */
function schemasFor(name: string, given: readonly SchemaObject[], others = othersOf): JsonSchema[] {
  return given
    .map((schema) => (own(mapOf(schema, "properties"), name) as JsonSchema | undefined) ?? others(schema))
    .filter((schema) => schema !== undefined);
}

function mostProperties(given: readonly SchemaObject[]): number | undefined {
  const limits = given
    .filter((schema) => othersOf(schema) === false)
    .map((schema) => Object.keys(mapOf(schema, "properties")).length);
  const most = Math.min(strictest(given, "maxProperties") ?? Infinity, ...limits);
  return most === Infinity ? undefined : most;
}

/** Compares a property that the taking schema names. */
function checkProperty(
  comparison: Comparison,
  name: string,
  taker: JsonSchema,
  given: readonly SchemaObject[],
  place: Place,
): boolean {
  const schemas = schemasFor(name, given);
  if (schemas.length > 0) return comparison.accepts(taker, comparison.given(schemas), place.property(name));
  // Callers send no property that their schema does not name, so that a new optional one breaks none of them.
  if (place.subject.role === "sent") return true;
  if (comparison.accepts(taker, [], place.property(name).silently())) return true;
  return comparison.refuse(place, place.say.removed(name));
}

/** Compares a property that only the giving schemas name. */
function checkOther(
  comparison: Comparison,
  name: string,
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
): boolean {
  const others = schemaOf(taker, "additionalProperties") ?? true;
  if (others === true) return true;
  const property = comparison.given(schemasFor(name, given, othersBeside(comparison, taker)));
  if (others !== false) return comparison.accepts(others, property, place.property(name));
  return property === false || comparison.refuse(place, place.say.refusedProperty(name));
}

/** Compares the properties that no schema names. */
function checkOthers(
  comparison: Comparison,
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
): boolean {
  const others = schemaOf(taker, "additionalProperties") ?? true;
  if (others === true) return true;
  const said = given.map(othersBeside(comparison, taker)).filter((schema) => schema !== undefined);
  const schemas = comparison.given(said);
  if (schemas === false) return true;
  if (others !== false && said.some((schema) => schema !== true))
    return comparison.accepts(others, schemas, place.properties());
  if (comparison.accepts(others, schemas, place.properties().silently())) return true;
  return comparison.refuse(place, place.say.otherProperties());
}

/** Compares what names properties may have. */
function checkNames(
  comparison: Comparison,
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
  known: readonly string[] | undefined,
): boolean {
  const names = schemaOf(taker, "propertyNames");
  if (names === undefined) return true;
  const said = given.map((schema) => schemaOf(schema, "propertyNames")).filter((schema) => schema !== undefined);
  const strings = known === undefined ? { type: "string" } : { type: "string", enum: known };
  if (comparison.accepts(names, comparison.given([strings, ...said]), place.properties().silently())) return true;
  return comparison.refuse(place, place.say.names());
}
