/** Compares the keywords of objects. */

import type { JsonSchema } from "../description/description.ts";
import type { Check, Comparison } from "./comparison.ts";
import { checkLeast, checkMost, strictest } from "./limits.ts";
import type { Place } from "./place.ts";
import { mapOf, own, type SchemaObject, schemaOf, stringsOf } from "./schemas.ts";

/** What one of the given schemas says of properties. `undefined` stands for nothing. */
interface Said {
  readonly named: { readonly [name: string]: JsonSchema };
  /** Of those that it does not name. */
  readonly others: JsonSchema | undefined;
  /** Of those that also have no pattern of the taking schema. */
  readonly rest: JsonSchema | undefined;
}

export const checkObjects: Check = (comparison, taker, given, place) => {
  const patterns = own(taker, "patternProperties");
  const said = given.map((schema): Said => {
    const others = schemaOf(schema, "additionalProperties");
    const [named, ownPatterns] = [mapOf(schema, "properties"), own(schema, "patternProperties")];
    if (ownPatterns === undefined) return { named, others, rest: others };
    // Patterns name properties too, and are not evaluated here.
    const isSame = patterns !== undefined && comparison.isSame(patterns, ownPatterns, "map");
    return { named, others: true, rest: isSame ? others : true };
  });
  const required = new Set(given.flatMap((schema) => stringsOf(schema, "required")));
  const names = new Set(said.flatMap(({ named }) => Object.keys(named)));
  const isClosed = said.some(({ others }) => others === false);
  const least = Math.max(strictest(given, "minProperties") ?? 0, required.size);
  const results = [
    checkLeast(comparison, taker, place, "minProperties", least),
    checkMost(comparison, taker, place, "maxProperties", mostProperties(given, said)),
    checkNames(comparison, taker, given, place, isClosed ? [...names] : undefined),
  ];
  for (const name of new Set(stringsOf(taker, "required")))
    results.push(required.has(name) || comparison.refuse(place, place.say.required(name, names.has(name))));
  const properties = mapOf(taker, "properties");
  for (const [name, schema] of Object.entries(properties))
    results.push(checkProperty(comparison, name, schema, said, place));
  const others = schemaOf(taker, "additionalProperties") ?? true;
  for (const name of others === true ? [] : names)
    if (!Object.hasOwn(properties, name)) results.push(checkOther(comparison, name, others, said, place));
  return [...results, checkOthers(comparison, others, said, place)].every(Boolean);
};

/** What the given schemas say of a property. Empty if they neither name it nor say anything of others. */
function schemasFor(name: string, said: readonly Said[], rest: "others" | "rest"): JsonSchema[] {
  return said
    .map((each) => (own(each.named, name) as JsonSchema | undefined) ?? each[rest])
    .filter((schema) => schema !== undefined);
}

function mostProperties(given: readonly SchemaObject[], said: readonly Said[]): number | undefined {
  const limits = said.filter(({ others }) => others === false).map(({ named }) => Object.keys(named).length);
  const most = Math.min(strictest(given, "maxProperties") ?? Infinity, ...limits);
  return most === Infinity ? undefined : most;
}

/** Compares a property that the taking schema names. */
function checkProperty(
  comparison: Comparison,
  name: string,
  taker: JsonSchema,
  said: readonly Said[],
  place: Place,
): boolean {
  const schemas = schemasFor(name, said, "others");
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
  others: JsonSchema,
  said: readonly Said[],
  place: Place,
): boolean {
  const property = comparison.given(schemasFor(name, said, "rest"));
  if (others !== false) return comparison.accepts(others, property, place.property(name));
  return property === false || comparison.refuse(place, place.say.refusedProperty(name));
}

/** Compares the properties that no schema names. */
function checkOthers(comparison: Comparison, others: JsonSchema, said: readonly Said[], place: Place): boolean {
  if (others === true) return true;
  const schemas = said.map(({ rest }) => rest).filter((schema) => schema !== undefined);
  const given = comparison.given(schemas);
  if (given === false) return true;
  if (others !== false && schemas.some((schema) => schema !== true))
    return comparison.accepts(others, given, place.properties());
  if (comparison.accepts(others, given, place.properties().silently())) return true;
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
