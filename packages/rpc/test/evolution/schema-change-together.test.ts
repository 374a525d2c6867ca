/** Keywords that only together say which values are valid. */

import type { JsonSchema } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { inputChanges, outputChanges } from "./describing.ts";

const string = { type: "string" };
const number = { type: "number" };
const object = (properties: Record<string, JsonSchema>, more: object = {}) => ({ type: "object", properties, ...more });

test("a new optional property of the input breaks nothing, but does where callers may send any property", () => {
  expect(inputChanges(object({ a: string }), object({ a: string, b: string }))).toEqual([]);
  expect(inputChanges(object({ a: string }, { additionalProperties: true }), object({ a: string, b: string }))).toEqual(
    ["prices.quote input.b: input.b no longer accepts null, a boolean, a number, an array or an object"],
  );
});

test("a new required property of the input breaks callers", () => {
  expect(inputChanges(object({}), object({ currency: string }, { required: ["currency"] }))).toEqual([
    'prices.quote input: The input has a new required property "currency"',
  ]);
});

test("a removed property breaks callers that receive it, and not those that send it", () => {
  const [before, after] = [object({ a: string, b: string }), object({ a: string })];
  expect(inputChanges(before, after)).toEqual([]);
  expect(outputChanges(before, after)).toEqual(['prices.quote output: The output no longer has the property "b"']);
});

test("a new property of the output breaks only callers whose schema refuses others", () => {
  const after = object({ a: string, b: string });
  expect(outputChanges(object({ a: string }), after)).toEqual([]);
  expect(outputChanges(object({ a: string }, { additionalProperties: false }), after)).toContain(
    'prices.quote output: The output may now have the property "b", which the old schema refuses',
  );
});

test.each<[string, JsonSchema, JsonSchema]>([
  ["an enum within limits", { enum: ["a", "bc"] }, { type: "string", minLength: 1, maxLength: 2 }],
  ["an enum of numbers", { enum: [2, 4] }, { type: "integer", multipleOf: 2, minimum: 2 }],
  [
    "a const that is an object",
    { const: { a: 1, b: [] } },
    object({ a: number, b: { type: "array" } }, { additionalProperties: false }),
  ],
  [
    "a const that is an array",
    { const: [1, 2] },
    { type: "array", items: number, minItems: 2, maxItems: 2, uniqueItems: true },
  ],
  ["values of several types", { enum: ["a", 1, null] }, { anyOf: [{ const: "a" }, { type: ["number", "null"] }] }],
  ["types as alternatives", { type: ["string", "null"] }, { anyOf: [string, { type: "null" }] }],
  ["a boolean as two values", { type: "boolean" }, { oneOf: [{ const: true }, { const: false }] }],
  ["an enum as alternatives", { enum: ["a", "b"] }, { anyOf: [{ const: "b" }, { const: "a" }, { const: "c" }] }],
  ["a whole number above a limit", { type: "integer", exclusiveMinimum: 0 }, { type: "integer", minimum: 1 }],
  ["a multiple of a whole number", { type: "number", multipleOf: 2 }, { type: "integer" }],
  [
    "alternatives that share conditions",
    { ...object({ a: string }), anyOf: [{ required: ["a"] }, { required: ["a", "b"] }] },
    object({ a: string }, { required: ["a"] }),
  ],
  ["alternatives in another order", { oneOf: [string, number] }, { oneOf: [number, string, { type: "null" }] }],
  [
    "alternatives that overlap as before",
    { oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
    { title: "t", oneOf: [{ multipleOf: 2, title: "two" }, { multipleOf: 3 }] },
  ],
  [
    "a tuple that ends",
    { type: "array", prefixItems: [string], items: false },
    { type: "array", items: string, maxItems: 1 },
  ],
  [
    "a closed object that is small",
    object({ a: string }, { additionalProperties: false }),
    { type: "object", maxProperties: 1, propertyNames: { enum: ["a", "b"] } },
  ],
  ["required properties that are many", { type: "object", required: ["a", "b"] }, { type: "object", minProperties: 2 }],
  ["a property that no value has", object({ a: false }), object({ a: string }, { additionalProperties: true })],
  [
    "patterns that are kept",
    { type: "string", allOf: [{ pattern: "^a" }, { pattern: "b$" }] },
    { type: "string", pattern: "b$" },
  ],
  [
    "conditions that are kept",
    JSON.parse('{"if":{"type":"string"},"then":{"minLength":1}}'),
    JSON.parse('{"if":{"type":"string","title":"t"},"then":{"minLength":1}}'),
  ],
  [
    "properties by pattern that are kept",
    { patternProperties: { "^a": string }, additionalProperties: number },
    { title: "t", patternProperties: { "^a": string }, additionalProperties: number },
  ],
])("%s is accepted: the input breaks nothing", (_, before, after) => {
  expect(inputChanges(before, after)).toEqual([]);
});

test.each<[string, JsonSchema, JsonSchema, string]>([
  [
    "an enum beyond a limit",
    { enum: ["a", "bcd"] },
    { type: "string", maxLength: 1 },
    'input: The input no longer accepts "bcd"',
  ],
  [
    "a record with a new property",
    { type: "object", additionalProperties: number },
    object({ a: string }),
    "input.a: input.a no longer accepts a number",
  ],
  [
    "alternatives that now overlap",
    { oneOf: [{ const: 1 }, { const: 2 }] },
    { oneOf: [{ const: 1 }, number] },
    "input: The input no longer accepts 1",
  ],
  [
    "a condition that lost a part",
    JSON.parse('{"if":{"type":"string"},"then":false,"else":true}'),
    JSON.parse('{"if":{"type":"string"},"then":false,"else":false}'),
    'input: The input changed in a way that cannot be compared: "if", "then" and "else"',
  ],
  [
    "other properties, with other patterns",
    { patternProperties: { "^a": true }, additionalProperties: number },
    { patternProperties: { "^b": true }, additionalProperties: number },
    'input: The input changed in a way that cannot be compared: "patternProperties"',
  ],
  [
    "unevaluated properties, with fewer known ones",
    object({ a: string, b: string }, { unevaluatedProperties: false }),
    object({ a: string }, { unevaluatedProperties: false }),
    'input: The input changed in a way that cannot be compared: "unevaluatedProperties"',
  ],
])("%s: the input breaks callers", (_, before, after, sentence) => {
  expect(inputChanges(before, after)).toContain(`prices.quote ${sentence}`);
});

test("hundreds of values are compared as a list, and as alternatives", () => {
  const values = Array.from({ length: 1_000 }, (_, index) => `value ${index}`);
  const list = { enum: values };
  const alternatives = values.map((each) => ({ type: "string", const: each }));
  for (const before of [list, { oneOf: alternatives }])
    for (const after of [list, { anyOf: [...alternatives].reverse() }, { title: "t", oneOf: alternatives }])
      expect(inputChanges(before, after)).toEqual([]);
  expect(inputChanges(list, { anyOf: alternatives.slice(1) })).toEqual([
    'prices.quote input: The input no longer accepts "value 0"',
  ]);
  expect(inputChanges({ enum: ["a"] }, { oneOf: [{ const: "a" }, { const: "a" }] })).toHaveLength(1);
});
