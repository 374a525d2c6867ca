/** Compares the keywords of arrays. */

import type { Check } from "./comparison.ts";
import { checkLeast, checkMost, strictest } from "./limits.ts";
import { itemsOf, own, type SchemaObject } from "./schemas.ts";

export const checkArrays: Check = (comparison, taker, given, place) => {
  const { first, others } = itemsOf(taker);
  const lists = given.map(itemsOf);
  const itemAt = (index: number) => comparison.given(lists.map((list) => list.first[index] ?? list.others));
  const named = Math.max(first.length, ...lists.map((list) => list.first.length));
  const most = mostItems(given, named, itemAt);
  const results = [
    checkLeast(comparison, taker, place, "minItems", strictest(given, "minItems")),
    checkMost(comparison, taker, place, "maxItems", most),
  ];
  if (own(taker, "uniqueItems") === true && (most ?? 2) > 1)
    results.push(
      given.some((schema) => own(schema, "uniqueItems") === true) ||
        comparison.refuse(place, place.say.limit("uniqueItems", undefined, true)),
    );
  for (let index = 0; index < Math.min(named, most ?? named); index += 1)
    results.push(comparison.accepts(first[index] ?? others, itemAt(index), place.item(index)));
  if ((most ?? Infinity) > named) results.push(comparison.accepts(others, itemAt(named), place.item()));
  return results.every(Boolean);
};

/** How many items an array may have: an item that no schema accepts ends it. */
function mostItems(
  given: readonly SchemaObject[],
  named: number,
  itemAt: (index: number) => unknown,
): number | undefined {
  const most = strictest(given, "maxItems");
  for (let index = 0; index <= named && index < (most ?? Infinity); index += 1)
    if (itemAt(index) === false) return index;
  return most;
}
