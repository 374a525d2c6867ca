/** Compares the keywords that limit numbers and strings, and those of counts. */

import type { Check, Comparison } from "./comparison.ts";
import type { Place } from "./place.ts";
import { numberOf, own, type SchemaObject, stringOf } from "./schemas.ts";
import { typesOf } from "./values.ts";

export const checkNumbers: Check = (comparison, taker, given, place) => {
  const whole = !typesOf(given).includes("fraction");
  const least = edge(given, whole, 1);
  // A largest value is the smallest one with the sign changed.
  const most = edge(given, whole, -1);
  const keeps = {
    minimum: (limit: number) => least.value >= limit,
    exclusiveMinimum: (limit: number) => least.value > limit || (least.value === limit && least.excluded),
    maximum: (limit: number) => most.value >= -limit,
    exclusiveMaximum: (limit: number) => most.value > -limit || (most.value === -limit && most.excluded),
    multipleOf: (limit: number) => areMultiples(given, whole, limit),
  };
  const refused = Object.entries(keeps).filter(([keyword, isKept]) => {
    const limit = numberOf(taker, keyword);
    return limit !== undefined && !isKept(limit);
  });
  for (const [keyword] of refused)
    comparison.refuse(place, place.say.limit(keyword, strictest(given, keyword), own(taker, keyword)));
  return refused.length === 0;
};

interface Edge {
  readonly value: number;
  readonly excluded: boolean;
}

/** The smallest given value, or with sign -1 the largest one times -1. */
function edge(given: readonly SchemaObject[], whole: boolean, sign: 1 | -1): Edge {
  const [inclusive, exclusive] = sign === 1 ? ["minimum", "exclusiveMinimum"] : ["maximum", "exclusiveMaximum"];
  const from = given.map((schema) => (numberOf(schema, inclusive) ?? -sign * Infinity) * sign);
  const beyond = given.map((schema) => (numberOf(schema, exclusive) ?? -sign * Infinity) * sign);
  const first = Math.max(...from);
  const excluded = Math.max(...beyond);
  if (whole) return { value: Math.max(Math.ceil(first), Math.floor(excluded) + 1), excluded: false };
  return excluded >= first ? { value: excluded, excluded: true } : { value: first, excluded: false };
}

function areMultiples(given: readonly SchemaObject[], whole: boolean, limit: number): boolean {
  if (!(limit > 0)) return true;
  const known = given.map((schema) => own(schema, "const")).find((value) => typeof value === "number");
  const steps = given.map((schema) => numberOf(schema, "multipleOf")).filter((step) => step !== undefined);
  if (known !== undefined) steps.push(known as number);
  if (whole) steps.push(1);
  return steps.some((step) => Number.isSafeInteger(step / limit));
}

/** The strictest of the given limits, or `undefined` if there is none. */
export function strictest(given: readonly SchemaObject[], keyword: string): number | undefined {
  const limits = given.map((schema) => numberOf(schema, keyword)).filter((limit) => limit !== undefined);
  if (limits.length === 0) return undefined;
  return /max/i.test(keyword) ? Math.min(...limits) : Math.max(...limits);
}

export const checkStrings: Check = (comparison, taker, given, place) => {
  const lengths = [
    checkLeast(comparison, taker, place, "minLength", strictest(given, "minLength")),
    checkMost(comparison, taker, place, "maxLength", strictest(given, "maxLength")),
  ];
  const texts = ["pattern", "contentEncoding", "contentMediaType"].map((keyword) =>
    checkText(comparison, taker, given, place, keyword),
  );
  return [...lengths, ...texts].every(Boolean);
};

/** A format may limit values of any type. */
export const checkFormat: Check = (comparison, taker, given, place) =>
  checkText(comparison, taker, given, place, "format");

function checkText(
  comparison: Comparison,
  taker: SchemaObject,
  given: readonly SchemaObject[],
  place: Place,
  keyword: string,
): boolean {
  const needed = stringOf(taker, keyword);
  const kept = given.map((schema) => stringOf(schema, keyword)).filter((text) => text !== undefined);
  if (needed === undefined || kept.includes(needed)) return true;
  return comparison.refuse(place, place.say.text(keyword, kept[0], needed));
}

/** Compares a lower limit of a count. */
export function checkLeast(
  comparison: Comparison,
  taker: SchemaObject,
  place: Place,
  keyword: string,
  kept: number | undefined,
): boolean {
  const needed = numberOf(taker, keyword) ?? 0;
  if ((kept ?? 0) >= needed) return true;
  return comparison.refuse(place, place.say.limit(keyword, kept, needed));
}

/** Compares an upper limit of a count. */
export function checkMost(
  comparison: Comparison,
  taker: SchemaObject,
  place: Place,
  keyword: string,
  kept: number | undefined,
): boolean {
  const needed = numberOf(taker, keyword);
  if (needed === undefined || (kept ?? Infinity) <= needed) return true;
  return comparison.refuse(place, place.say.limit(keyword, kept, needed));
}
