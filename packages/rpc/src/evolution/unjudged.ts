/** Compares the keywords that need a solver, and unknown ones: they must say the same as before. */

import type { Check, Comparison } from "./comparison.ts";
import { isUnjudged, own, type SchemaObject, shapeOf } from "./schemas.ts";
import { type TypeName, typesOf } from "./values.ts";

/** Keywords that have a meaning only together. */
const groups: readonly (readonly string[])[] = [
  ["if", "then", "else"],
  ["contains", "minContains", "maxContains"],
];

/** Their meaning depends on the other keywords of their schema. */
const dependent = new Set(["unevaluatedItems", "unevaluatedProperties"]);

/** Keywords that limit only values of one type. */
const typed = new Map<string, TypeName>([
  ["contains", "array"],
  ["unevaluatedItems", "array"],
  ["patternProperties", "object"],
  ["dependentSchemas", "object"],
  ["dependentRequired", "object"],
  ["unevaluatedProperties", "object"],
  ["contentSchema", "string"],
]);

export const checkUnjudged: Check = (comparison, taker, given, place) => {
  const types = typesOf(given);
  const matters = (keyword: string) => {
    const type = typed.get(keyword);
    return type === undefined || types.includes(type);
  };
  const changed = Object.keys(taker)
    .filter((keyword) => isUnjudged(keyword, own(taker, keyword)) && matters(keyword))
    .filter((keyword) => !isResolved(comparison, taker, keyword))
    .filter((keyword) => !given.some((schema) => isKept(comparison, taker, schema, keyword)));
  return changed.length === 0 || comparison.refuse(place, place.say.incomparable(changed));
};

/** A reference that was followed is no condition of its own. */
function isResolved(comparison: Comparison, taker: SchemaObject, keyword: string): boolean {
  return keyword === "$ref" && comparison.isFollowed(taker);
}

function isKept(comparison: Comparison, taker: SchemaObject, giver: SchemaObject, keyword: string): boolean {
  // What a dynamic reference names depends on where the validation began.
  if (keyword === "$dynamicRef" || keyword === "$recursiveRef") return false;
  if (dependent.has(keyword)) return comparison.isSame(taker, giver, "schema");
  const group = groups.find((each) => each.includes(keyword)) ?? [keyword];
  return group.every((each) => {
    if (!Object.hasOwn(taker, each) || !Object.hasOwn(giver, each))
      return Object.hasOwn(taker, each) === Object.hasOwn(giver, each);
    return comparison.isSame(own(taker, each), own(giver, each), shapeOf(each, own(taker, each)));
  });
}
