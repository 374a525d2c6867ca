/** Schemas that are deep, large, recursive or malformed. */

import type { JsonSchema } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { inputChanges } from "./describing.ts";

const string = { type: "string" };
const number = { type: "number" };
const object = (properties: Record<string, JsonSchema>, more: object = {}) => ({ type: "object", properties, ...more });

test("schemas may name properties as prototypes do", () => {
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
])("schemas of many levels of %s are reported as such", (_, wrap) => {
  const [before, after] = [nested(20_000, wrap, string), nested(20_000, wrap, number)];
  const changes = inputChanges(before, after);
  expect(changes).toHaveLength(1);
  expect(inputChanges(before, nested(20_000, wrap, string))).toEqual([]);
});

test("schemas of many levels have a clear reason", () => {
  const changes = inputChanges(
    nested(300, (a) => object({ a }), string),
    nested(300, (a) => object({ a }), number),
  );
  expect(changes[0]).toMatch(/input(\.a){200} cannot be compared: its schema is nested more than 200 levels deep$/);
});

test("schemas of many levels in what cannot be compared do not overflow", () => {
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

test("schemas with cycles end", () => {
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

test("schemas that need many steps are reported as such, soon", () => {
  const many = (offset: number) => ({
    allOf: Array.from({ length: 30 }, (_, index) => ({
      anyOf: [{ minimum: index + offset }, { maximum: -index - offset }],
    })),
  });
  expect(inputChanges(many(0), many(1))).toEqual([
    "prices.quote input: The input cannot be compared: its schemas need too many steps",
  ]);
});

test("schemas that share definitions many times over are compared once", () => {
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

test("schemas with malformed keywords are compared as a whole", () => {
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
