/** Compares `enum` and `const`, and the alternatives of `anyOf` and `oneOf`. */

import type { JsonSchema } from "../description/description.ts";
import type { Check, Comparison } from "./comparison.ts";
import { areDisjoint, haveSameTag } from "./overlap.ts";
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

/** @param refusing schemas that refuse the given values */
export function checkAlternatives(
  comparison: Comparison,
  keyword: "anyOf" | "oneOf",
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
  refusing: readonly JsonSchema[],
): boolean {
  const alternatives = schemasOf(taker, keyword);
  if (alternatives === undefined) return true;
  const quiet = place.silently();
  const hits = Array.from(alternatives.keys()).filter((index) =>
    comparison.accepts(alternatives[index] as JsonSchema, given, quiet, refusing),
  );
  if (hits.length > 0) {
    const isOnly = (hit: number) =>
      alternatives.every((each, index) => index === hit || isRefused(comparison, each, given, refusing));
    return keyword === "anyOf" || hits.some(isOnly) || comparison.refuse(place, place.say.overlap());
  }
  const parts = partsOf(given);
  if (parts.length > 1)
    return parts
      .map((part) => checkAlternatives(comparison, keyword, taker, [...given, part], place, refusing))
      .every(Boolean);
  const meant = meantOf(comparison, alternatives, given);
  return meant === undefined
    ? comparison.refuse(place, sentenceOf(given, place))
    : comparison.accepts(meant, given, place, refusing);
}

/** The alternative that the given values are meant for: the only one that may accept some of them, or that has their tag. */
function meantOf(
  comparison: Comparison,
  alternatives: readonly JsonSchema[],
  given: readonly SchemaObject[],
): JsonSchema | undefined {
  const possible = alternatives.filter((each) => !areDisjoint(comparison, comparison.taken([each]), given));
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

/** Whether a schema of the taking side accepts none of the given values, for sure. */
function isRefused(
  comparison: Comparison,
  taker: JsonSchema,
  given: readonly SchemaObject[],
  refusing: readonly JsonSchema[],
): boolean {
  if (areDisjoint(comparison, comparison.taken([taker]), given)) return true;
  return refusing.some((each) => comparison.isSame(taker, each, "schema"));
}
