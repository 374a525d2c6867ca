/** Each keyword: a narrow schema, and a wide one that accepts more. */

import type { JsonSchema } from "@awaitmq/rpc";
import { describe, expect, test } from "vitest";
import { inputChanges, outputChanges } from "./describing.ts";

interface Pair {
  readonly keyword: string;
  readonly narrow: JsonSchema;
  readonly wide: JsonSchema;
  /** What breaks if the input changes from wide to narrow, without `prices.quote `. */
  readonly input: readonly string[];
  /** What breaks if the output changes from narrow to wide. */
  readonly output: readonly string[];
}

function pair(
  keyword: string,
  narrow: JsonSchema,
  wide: JsonSchema,
  input: string | readonly string[],
  output: string | readonly string[],
): Pair {
  return { keyword, narrow, wide, input: [input].flat(), output: [output].flat() };
}

/** A pair of limits, tighter in the narrow schema. */
function limit(keyword: string, type: string, narrow: unknown, wide: unknown): Pair {
  const [least, most] = [JSON.stringify(narrow), JSON.stringify(wide) ?? "none"];
  return pair(
    `${keyword} ${least} and ${most}`,
    { type, [keyword]: narrow },
    { type, ...(wide === undefined ? {} : { [keyword]: wide }) },
    `input: The input has a tighter "${keyword}": before ${most}, now ${least}`,
    `output: The output has a looser "${keyword}": before ${least}, now ${most}`,
  );
}

function text(keyword: string, narrow: string): Pair {
  return pair(
    keyword,
    { type: "string", [keyword]: narrow },
    { type: "string" },
    `input: The input has a different "${keyword}": before none, now "${narrow}"`,
    `output: The output has a different "${keyword}": before "${narrow}", now none`,
  );
}

const string = { type: "string" };
const number = { type: "number" };
const closed = { type: "object", properties: { a: string }, additionalProperties: false };
const tagged = (tag: string, more = {}) => ({
  type: "object",
  properties: { tag: { const: tag }, ...more },
  required: ["tag"],
});
const shown = (tag: string) =>
  `{ "type": "object", "properties": { "tag": { "const": "${tag}" } }, "required": ["tag"] }`;

const pairs: Pair[] = [
  pair(
    "type, one of two",
    string,
    { type: ["string", "null"] },
    "input: The input no longer accepts null",
    "output: The output may now be null",
  ),
  pair(
    "type integer",
    { type: "integer" },
    number,
    "input: The input no longer accepts a number with a fraction",
    "output: The output may now be a number with a fraction",
  ),
  pair(
    "type, none before",
    { type: ["string", "object", "array", "boolean"] },
    {},
    "input: The input no longer accepts null or a number",
    "output: The output may now be null or a number",
  ),
  pair(
    "nullable",
    string,
    { type: "string", nullable: true },
    "input: The input no longer accepts null",
    "output: The output may now be null",
  ),
  pair(
    "a schema that accepts nothing",
    false,
    string,
    "input: The input no longer accepts any value",
    "output: The output may now have a value, which the old schema refuses",
  ),
  pair(
    "not everything, which accepts nothing",
    { not: {} },
    string,
    "input: The input no longer accepts any value",
    "output: The output may now have a value, which the old schema refuses",
  ),
  pair(
    "enum",
    { enum: ["a"] },
    { enum: ["a", "b", null] },
    'input: The input no longer accepts "b" or null',
    'output: The output may now be "b" or null',
  ),
  pair(
    "const",
    { const: 1 },
    { enum: [1, 2] },
    "input: The input no longer accepts 2",
    "output: The output may now be 2",
  ),
  pair(
    "const of an object",
    { const: { a: [1] } },
    { enum: [{ a: [1] }, { a: [2] }] },
    'input: The input no longer accepts { "a": [2] }',
    'output: The output may now be { "a": [2] }',
  ),
  pair(
    "enum of a boolean",
    { type: "boolean", enum: [true] },
    { type: "boolean" },
    "input: The input no longer accepts false",
    "output: The output may now be false",
  ),
  pair(
    "enum, none before",
    { type: "string", enum: ["a", "b"] },
    string,
    'input: The input now accepts only "a" or "b"',
    'output: The output may now be something else than "a" or "b"',
  ),
  limit("minimum", "number", 2, 1),
  limit("minimum", "number", 2, undefined),
  limit("maximum", "number", 1, 2),
  limit("exclusiveMinimum", "number", 1, 0),
  limit("exclusiveMaximum", "number", 1, undefined),
  limit("multipleOf", "number", 4, 2),
  limit("multipleOf", "integer", 2, undefined),
  limit("minLength", "string", 2, 1),
  limit("maxLength", "string", 2, 3),
  limit("minItems", "array", 1, undefined),
  limit("maxItems", "array", 1, 2),
  limit("uniqueItems", "array", true, undefined),
  limit("minProperties", "object", 2, 1),
  limit("maxProperties", "object", 2, 3),
  text("pattern", "^a"),
  text("format", "email"),
  text("contentEncoding", "base64"),
  text("contentMediaType", "image/png"),
  pair(
    "items",
    { type: "array", items: string },
    { type: "array", items: { type: ["string", "number"] } },
    "input[]: input[] no longer accepts a number",
    "output[]: output[] may now be a number",
  ),
  pair(
    "items, refused",
    { type: "array", maxItems: 0 },
    { type: "array", items: string },
    'input: The input has a tighter "maxItems": before none, now 0',
    'output: The output has a looser "maxItems": before 0, now none',
  ),
  pair(
    "prefixItems",
    { type: "array", prefixItems: [string, number] },
    { type: "array", prefixItems: [string] },
    "input[1]: input[1] no longer accepts null, a boolean, a string, an array or an object",
    "output[1]: output[1] may now be null, a boolean, a string, an array or an object",
  ),
  pair(
    "items as a list, as older drafts have it",
    { type: "array", items: [string], additionalItems: false },
    { type: "array", items: [string], additionalItems: number },
    "input[]: input[] no longer accepts any value",
    "output[]: output[] may now have a value, which the old schema refuses",
  ),
  pair(
    "required",
    { type: "object", properties: { a: string }, required: ["a"] },
    { type: "object", properties: { a: string } },
    'input: The input now requires the property "a"',
    'output: The output does not always have the property "a" any more',
  ),
  pair(
    "additionalProperties",
    closed,
    { type: "object", properties: { a: string } },
    "input: The input no longer accepts properties that its schema does not name",
    "output: The output may now have properties that the old schema does not name",
  ),
  pair(
    "additionalProperties false, with another property",
    closed,
    { ...closed, properties: { a: string, b: string } },
    'input: The input no longer accepts the property "b"',
    'output: The output may now have the property "b", which the old schema refuses',
  ),
  pair(
    "additionalProperties with a schema",
    { type: "object", additionalProperties: string },
    { type: "object", additionalProperties: { type: ["string", "null"] } },
    "input.*: input.* no longer accepts null",
    "output.*: output.* may now be null",
  ),
  pair(
    "propertyNames",
    { type: "object", propertyNames: { maxLength: 3 } },
    { type: "object" },
    "input: The input no longer accepts some names of properties",
    "output: The output may now have properties with other names",
  ),
  pair(
    "properties, deep",
    { type: "object", properties: { "a b": { type: "array", items: { type: "object", properties: { c: string } } } } },
    {
      type: "object",
      properties: {
        "a b": { type: "array", items: { type: "object", properties: { c: { type: ["string", "null"] } } } },
      },
    },
    'input["a b"][].c: input["a b"][].c no longer accepts null',
    'output["a b"][].c: output["a b"][].c may now be null',
  ),
  pair(
    "allOf",
    { allOf: [string, { minLength: 1 }, { maxLength: 2 }] },
    { allOf: [string, { minLength: 1 }] },
    'input: The input has a tighter "maxLength": before none, now 2',
    'output: The output has a looser "maxLength": before 2, now none',
  ),
  pair(
    "anyOf",
    { anyOf: [string, { type: "null" }] },
    { anyOf: [string, number, { type: "null" }] },
    "input: The input no longer accepts a number",
    "output: The output may now be a number",
  ),
  pair(
    "anyOf, a change of one alternative",
    { anyOf: [tagged("a", { x: string }), tagged("b")] },
    { anyOf: [tagged("a", { x: { type: ["string", "null"] } }), tagged("b")] },
    "input.x: input.x no longer accepts null",
    "output.x: output.x may now be null",
  ),
  pair(
    "anyOf against types",
    { anyOf: [string, { type: "null" }] },
    { type: ["string", "null", "boolean"] },
    ["input: The input no longer accepts true", "input: The input no longer accepts false"],
    ["output: The output may now be true", "output: The output may now be false"],
  ),
  pair(
    "oneOf",
    { oneOf: [tagged("a"), tagged("b")] },
    { oneOf: [tagged("a"), tagged("b"), tagged("c")] },
    `input: The input no longer has an alternative for values of ${shown("c")}`,
    `output: The output may now be of ${shown("c")}, for which the old schema has no alternative`,
  ),
];

describe.each(pairs)("$keyword", ({ narrow, wide, input, output }) => {
  test("breaks callers if the input accepts less", () => {
    const found = inputChanges(wide, narrow);
    expect(input.length).toBeGreaterThan(0);
    expect(found).toEqual(expect.arrayContaining(input.map((each) => `prices.quote ${each}`)));
  });

  test("breaks callers if the output may be more", () => {
    const found = outputChanges(narrow, wide);
    expect(output.length).toBeGreaterThan(0);
    expect(found).toEqual(expect.arrayContaining(output.map((each) => `prices.quote ${each}`)));
  });

  test("breaks nothing the other way round, nor without a change", () => {
    expect(inputChanges(narrow, wide)).toEqual([]);
    expect(outputChanges(wide, narrow)).toEqual([]);
    const titled = (schema: JsonSchema) => (typeof schema === "object" ? { ...schema, title: "Titled" } : schema);
    for (const schema of [narrow, wide]) {
      expect(inputChanges(schema, titled(schema))).toEqual([]);
      expect(outputChanges(titled(schema), schema)).toEqual([]);
    }
  });
});
