/** Whether two schemas, or two parts of them, say the same. */

import type { JsonSchema } from "../description/description.ts";
import { resolve } from "./references.ts";
import { isAnnotation, isObject, own, type Shape, shapeOf } from "./schemas.ts";

type Pair = readonly [one: unknown, other: unknown, shape: Shape];

/**
 * Whether two values of a keyword say the same, annotations aside. Equal references must name schemas that say the same. It needs no
 * stack, so deep values are fine, and ends for values with cycles too.
 *
 * @param shape `"schema"` compares two schemas, and `"data"` two plain values
 */
export function sameMeaning(
  one: unknown,
  other: unknown,
  shape: Shape,
  oneRoot: JsonSchema,
  otherRoot: JsonSchema,
): boolean {
  const seen = new Map<object, Set<object>>();
  const pending: Pair[] = [[one, other, shape]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right, kind] = pair;
    if (left === right && oneRoot === otherRoot) continue;
    if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
      if (left !== right) return false;
      continue;
    }
    if (isSeen(seen, left, right)) continue;
    const parts = partsOf(left, right, kind, oneRoot, otherRoot);
    if (parts === undefined) return false;
    for (const part of parts) pending.push(part);
  }
  return true;
}

/** Whether two plain values are equal. */
export function sameData(one: unknown, other: unknown): boolean {
  return sameMeaning(one, other, "data", true, true);
}

function isSeen(seen: Map<object, Set<object>>, left: object, right: object): boolean {
  const partners = seen.get(left) ?? new Set();
  seen.set(left, partners);
  if (partners.has(right)) return true;
  partners.add(right);
  return false;
}

/** The pairs that must be the same, or `undefined` if something of one has no partner. */
function partsOf(
  left: object,
  right: object,
  kind: Shape,
  leftRoot: JsonSchema,
  rightRoot: JsonSchema,
): Pair[] | undefined {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return undefined;
    return left.map((each, index) => [each, right[index], kind === "schemas" ? "schema" : "data"]);
  }
  if (!isObject(left) || !isObject(right)) return undefined;
  const counts = (key: string) => kind !== "schema" || !isAnnotation(key);
  const keys = Object.keys(left).filter(counts);
  if (keys.length !== Object.keys(right).filter(counts).length) return undefined;
  if (!keys.every((key) => Object.hasOwn(right, key))) return undefined;
  const parts = keys.map((key): Pair => [own(left, key), own(right, key), partShape(kind, key, own(left, key))]);
  const reference = own(left, "$ref");
  if (kind === "schema" && typeof reference === "string")
    parts.push([resolve(reference, leftRoot), resolve(reference, rightRoot), "schema"]);
  return parts;
}

function partShape(kind: Shape, key: string, value: unknown): Shape {
  if (kind === "map") return "schema";
  return kind === "schema" ? shapeOf(key, value) : "data";
}
