/** Compares `enum` and `const`, and the alternatives of `anyOf` and `oneOf`. */

import type { JsonSchema } from "../description/description.ts";
import type { Check, Comparison, Refusing } from "./comparison.ts";
import { areDisjoint, haveSameTag, isImpossible } from "./overlap.ts";
import type { Place } from "./place.ts";
import { isAnnotation, type SchemaObject, schemasOf } from "./schemas.ts";
import { includes, type TypeName, typesOf, valuesOf } from "./values.ts";

export const checkValues: Check = (comparison, taker, given, place) => {
  const allowed = valuesOf([taker]);
  if (allowed === undefined) return true;
  const values = valuesOf(given) ?? valuesOfTypes(typesOf(given));
  if (values === undefined) return comparison.refuse(place, place.say.choice(allowed));
  const refused = values.filter((each) => !includes(allowed, each));
  return refused.length === 0 || comparison.refuse(place, place.say.values(refused));
};

/** The values of types that have few, or `undefined`. */
function valuesOfTypes(types: readonly TypeName[]): readonly unknown[] | undefined {
  if (types.some((type) => type !== "null" && type !== "boolean")) return undefined;
  return types.flatMap((type): unknown[] => (type === "null" ? [null] : [true, false]));
}

/** @param refusing schemas that refuse the given values: two alternatives of a `oneOf` accept no value together */
export function checkAlternatives(
  comparison: Comparison,
  keyword: "anyOf" | "oneOf",
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
  refusing: readonly Refusing[],
): boolean {
  const alternatives = schemasOf(taker, keyword);
  if (alternatives === undefined) return true;
  if (isListed(comparison, alternatives, given)) return true;
  const quiet = place.silently();
  const possible = alternatives.filter((each) => !areDisjoint(comparison, comparison.taken([each]), given));
  const hits = possible.filter((each) => comparison.accepts(each, given, quiet, refusing));
  if (hits.length > 0) {
    const isOnly = (hit: JsonSchema) => {
      const at = possible.indexOf(hit);
      return possible.every((each, index) => index === at || isRefused(comparison, each, refusing));
    };
    return keyword === "anyOf" || hits.some(isOnly) || comparison.refuse(place, place.say.overlap());
  }
  if (isImpossible(comparison, given)) return true;
  const parts = partsOf(given);
  if (parts.length > 1)
    return parts
      .map((part) => checkAlternatives(comparison, keyword, taker, [...given, part], place, refusing))
      .every(Boolean);
  const meant = meantOf(comparison, alternatives, possible, given);
  return meant === undefined
    ? comparison.refuse(place, sentenceOf(given, place))
    : comparison.accepts(meant, given, place, refusing);
}

/** Whether the alternatives are values, and each given value is one of them. A shortcut, as there may be hundreds. */
function isListed(
  comparison: Comparison,
  alternatives: readonly JsonSchema[],
  given: readonly SchemaObject[],
): boolean {
  const values = valuesOf(given);
  const listed = values && comparison.memo(alternatives, () => constantsOf(alternatives));
  return listed !== undefined && values?.every((value) => listed.get(value) === 1) === true;
}

/** How often each value is an alternative, if all of them are `const`, and maybe a type that goes without saying. */
function constantsOf(alternatives: readonly JsonSchema[]): ReadonlyMap<unknown, number> | undefined {
  const counts = new Map<unknown, number>();
  const isConstant = (each: JsonSchema) => {
    if (typeof each === "boolean" || !Object.hasOwn(each, "const") || valuesOf([each])?.length !== 1) return false;
    counts.set(each.const, (counts.get(each.const) ?? 0) + 1);
    return Object.keys(each).every((key) => key === "const" || key === "type" || isAnnotation(key));
  };
  return alternatives.every(isConstant) ? counts : undefined;
}

/** The alternative that the given values are meant for: the only one that may accept some of them, or that has their tag. */
function meantOf(
  comparison: Comparison,
  alternatives: readonly JsonSchema[],
  possible: readonly JsonSchema[],
  given: readonly SchemaObject[],
): JsonSchema | undefined {
  if (possible.length === 1) return possible[0];
  const tagged = alternatives.filter((each) => haveSameTag(comparison, comparison.taken([each]), given));
  return tagged.length === 1 ? tagged[0] : undefined;
}

/** Why no alternative accepts the given values. */
function sentenceOf(given: readonly SchemaObject[], { say }: Place): string {
  const last = given.at(-1) ?? {};
  const keywords = Object.keys(last).filter((keyword) => !isAnnotation(keyword));
  if (keywords.every((keyword) => keyword === "const" || keyword === "enum")) return say.values(valuesOf([last]) ?? []);
  return keywords.join() === "type" ? say.types(typesOf(given)) : say.noAlternative(last);
}

const parts: Record<string, SchemaObject> = Object.fromEntries(
  ["null", "string", "number", "integer", "array", "object"].map((type) => [type, { type }]),
);
const booleans: readonly SchemaObject[] = [{ const: true }, { const: false }];

/** Schemas that each leave a part of the given values, and together all of them. */
function partsOf(given: readonly SchemaObject[]): readonly SchemaObject[] {
  if (valuesOf(given) !== undefined) return [];
  const types = typesOf(given);
  const isMixed = types.includes("fraction");
  return types
    .filter((type) => type !== "integer" || !isMixed)
    .flatMap((type) =>
      type === "boolean" ? booleans : [parts[type === "fraction" ? "number" : type] as SchemaObject],
    );
}

/** Whether a schema of the taking side is one of those that refuse the given values. */
function isRefused(comparison: Comparison, taker: JsonSchema, refusing: readonly Refusing[]): boolean {
  return refusing.some(({ alternatives, except }) =>
    alternatives.some((each, index) => index !== except && comparison.isSame(taker, each, "schema")),
  );
}
