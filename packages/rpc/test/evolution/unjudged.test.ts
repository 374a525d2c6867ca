/** Keywords that are only compared as a whole. */

import type { JsonSchema } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { inputChanges, outputChanges } from "./describing.ts";

const string = { type: "string" };
const rows: readonly [string, JsonSchema, JsonSchema?][] = [
  ["not", { not: string }],
  ["contains", { type: "array", contains: string }, { type: "array" }],
  ["patternProperties", { type: "object", patternProperties: { "^a": string } }, { type: "object" }],
  ["dependentRequired", { type: "object", dependentRequired: { a: ["b"] } }, { type: "object" }],
  ["dependentSchemas", { type: "object", dependentSchemas: { a: { maxProperties: 2 } } }, { type: "object" }],
  ["unevaluatedProperties", { type: "object", unevaluatedProperties: false }, { type: "object" }],
  ["unevaluatedItems", { type: "array", unevaluatedItems: false }, { type: "array" }],
  ["an unknown one", { "an unknown one": 1 }],
  ["$ref", { $ref: "https://example.com/schema.json" }],
  ["$dynamicRef", { $dynamicRef: "#node" }],
  ["minimum", { type: "number", minimum: "1" }, { type: "number" }],
];

test.each(rows)(
  "%s breaks callers where it is new or differs, and not where it stays or is dropped",
  (keyword, narrow, wide = {}) => {
    const sentence = (what: string) => `${what} changed in a way that cannot be compared: "${keyword}"`;
    const titled = { title: "Titled", ...(narrow as object) };
    expect(inputChanges(wide, narrow)).toEqual([`prices.quote input: ${sentence("The input")}`]);
    expect(outputChanges(narrow, wide)).toEqual([`prices.quote output: ${sentence("The output")}`]);
    for (const after of [wide, titled]) expect(inputChanges(narrow, after)).toEqual([]);
    for (const before of [wide, titled]) expect(outputChanges(before, narrow)).toEqual([]);
  },
);
