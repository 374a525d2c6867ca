/** Keywords that only together say which values are valid, references, and hostile schemas. */

import type { JsonSchema } from "@awaitmq/rpc";
import { describe, expect, test } from "vitest";
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

describe("References", () => {
  const tree = (value: JsonSchema, place = "$defs") => ({
    $ref: `#/${place}/node`,
    [place]: {
      node: object({ value, kids: { type: "array", items: { $ref: `#/${place}/node` } } }, { required: ["value"] }),
    },
  });

  test("to definitions of any name are followed, recursive ones too", () => {
    expect(inputChanges(tree(string), tree(string, "definitions"))).toEqual([]);
    expect(inputChanges(tree({ type: ["string", "null"] }), tree(string, "definitions"))).toEqual([
      "prices.quote input.value: input.value no longer accepts null",
    ]);
  });

  test("to the whole schema are followed", () => {
    const list = (value: JsonSchema) => object({ value, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } });
    expect(outputChanges(list(string), { title: "t", ...list(string) })).toEqual([]);
    expect(outputChanges(list(string), list(number))).toContain(
      "prices.quote output.value: output.value may now be a number",
    );
  });

  test("are named with escapes, and as numbers of a list", () => {
    const escaped = { $ref: "#/$defs/a~1b%20~0c/anyOf/0", $defs: { "a/b ~c": { anyOf: [number] } } };
    expect(inputChanges(number, escaped)).toEqual([]);
    expect(inputChanges(string, escaped)).toEqual(["prices.quote input: The input no longer accepts a string"]);
  });

  test("that two documents both name alike may mean different things", () => {
    const not = (meant: JsonSchema) => ({ not: { $ref: "#/$defs/a" }, $defs: { a: meant } });
    expect(inputChanges(not(string), { title: "t", ...not(string) })).toEqual([]);
    expect(inputChanges(not(string), not(number))).toEqual([
      'prices.quote input: The input changed in a way that cannot be compared: "not"',
    ]);
  });

  test("report a shared schema once in full", () => {
    const shared = (meant: JsonSchema) =>
      object({ a: { $ref: "#/$defs/x" }, b: { $ref: "#/$defs/x" } }, { $defs: { x: object({ c: meant, d: meant }) } });
    expect(inputChanges(shared(string), shared(number))).toEqual([
      "prices.quote input.a.c: input.a.c no longer accepts a string",
      "prices.quote input.a.d: input.a.d has a schema that changed, as at prices.quote input.a.c",
      "prices.quote input.b: input.b has a schema that changed, as at prices.quote input.a",
    ]);
  });

  test.each<[string, JsonSchema]>([
    ["itself", { $ref: "#" }],
    ["itself in an alternative", { anyOf: [{ $ref: "#" }, string] }],
    ["itself in all alternatives", { oneOf: [{ $ref: "#" }] }],
    ["nothing", { $ref: "#/$defs/none" }],
    ["a malformed pointer", { $ref: "#/%E0%A4%A" }],
    ["what is no schema", { $ref: "#/type", type: "string" }],
  ])("to %s end", (_, schema) => {
    expect(inputChanges(schema, schema)).toEqual([]);
    expect(() => inputChanges(schema, string)).not.toThrow();
    expect(inputChanges({ type: ["string", "number"] }, schema)).toBeInstanceOf(Array);
  });
});

describe("Hostile schemas", () => {
  test("may name properties as prototypes do", () => {
    const parse = (type: string) =>
      JSON.parse(
        `{"type":"object","properties":{"__proto__":{"type":"${type}"},"constructor":{"type":"${type}"}},"required":["__proto__"]}`,
      );
    expect(inputChanges(parse("string"), { title: "t", ...parse("string") })).toEqual([]);
    expect(inputChanges(parse("string"), parse("number"))).toEqual([
      "prices.quote input.__proto__: input.__proto__ no longer accepts a string",
      "prices.quote input.constructor: input.constructor no longer accepts a string",
    ]);
    expect(inputChanges({ type: "object" }, parse("number"))).toEqual([
      'prices.quote input: The input has a new required property "__proto__"',
    ]);
    expect(inputChanges(JSON.parse('{"const":{"__proto__":1}}'), JSON.parse('{"const":{}}'))).toEqual([
      'prices.quote input: The input no longer accepts { "__proto__": 1 }',
    ]);
  });

  const nested = (depth: number, wrap: (inner: JsonSchema) => JsonSchema, innermost: JsonSchema): JsonSchema => {
    let schema = innermost;
    for (let level = 0; level < depth; level += 1) schema = wrap(schema);
    return schema;
  };

  test.each<[string, (inner: JsonSchema) => JsonSchema]>([
    ["items", (items) => ({ type: "array", items })],
    ["properties", (a) => object({ a })],
    ["alternatives", (inner) => ({ anyOf: [inner] })],
  ])("of many levels of %s are reported as such", (_, wrap) => {
    const [before, after] = [nested(20_000, wrap, string), nested(20_000, wrap, number)];
    const changes = inputChanges(before, after);
    expect(changes).toHaveLength(1);
    expect(inputChanges(before, nested(20_000, wrap, string))).toEqual([]);
  });

  test("of many levels have a clear reason", () => {
    const changes = inputChanges(
      nested(300, (a) => object({ a }), string),
      nested(300, (a) => object({ a }), number),
    );
    expect(changes[0]).toMatch(/input(\.a){200} cannot be compared: its schema is nested more than 200 levels deep$/);
  });

  test("of many levels in what cannot be compared do not overflow", () => {
    const wrap = (not: JsonSchema) => ({ not });
    const [before, after] = [nested(20_001, wrap, string), nested(20_001, wrap, number)];
    expect(inputChanges(before, after)).toEqual([
      'prices.quote input: The input changed in a way that cannot be compared: "not"',
    ]);
    expect(inputChanges({ const: before }, { const: after })).toHaveLength(1);
    expect(
      inputChanges(
        nested(20_000, (inner) => ({ allOf: [inner] }), string),
        number,
      ),
    ).toEqual(["prices.quote input: The input no longer accepts a string"]);
  });

  test("with cycles end", () => {
    const cyclic = (type: string) => {
      const schema: Record<string, unknown> = { type: "object" };
      schema.properties = { self: schema, value: { type } };
      return schema;
    };
    expect(inputChanges(cyclic("string"), cyclic("string"))).toEqual([]);
    expect(inputChanges(cyclic("string"), cyclic("number"))).toContain(
      "prices.quote input.value: input.value no longer accepts a string",
    );
  });

  test("that need many steps are reported as such, soon", () => {
    const many = (offset: number) => ({
      allOf: Array.from({ length: 30 }, (_, index) => ({
        anyOf: [{ minimum: index + offset }, { maximum: -index - offset }],
      })),
    });
    expect(inputChanges(many(0), many(1))).toEqual([
      "prices.quote input: The input cannot be compared: its schemas need too many steps",
    ]);
  });

  test("that share definitions many times over are compared once", () => {
    const doubling = (last: JsonSchema) => {
      const $defs: Record<string, JsonSchema> = { d60: last };
      for (let index = 0; index < 60; index += 1) {
        const $ref = `#/$defs/d${index + 1}`;
        $defs[`d${index}`] = object({ a: { $ref }, b: { $ref } });
      }
      return { $ref: "#/$defs/d0", $defs };
    };
    expect(inputChanges(doubling(string), { title: "t", ...doubling(string) })).toEqual([]);
    const changes = inputChanges(doubling(string), doubling(number));
    expect(changes).toHaveLength(61);
    expect(changes[0]).toMatch(/(\.a){60} no longer accepts a string$/);
  });

  test("with malformed keywords are compared as a whole", () => {
    const odd = {
      type: 5,
      required: "a",
      properties: [],
      items: 1,
      anyOf: {},
      enum: "a",
      minLength: -1,
      multipleOf: 0,
    };
    expect(inputChanges(odd, { title: "t", ...odd })).toEqual([]);
    expect(inputChanges({}, odd)).toEqual([
      expect.stringContaining('changed in a way that cannot be compared: "type", "required", "properties"'),
    ]);
  });
});
