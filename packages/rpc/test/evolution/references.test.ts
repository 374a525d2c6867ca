/** References within a schema. */

import type { JsonSchema } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { inputChanges, outputChanges } from "./describing.ts";

const string = { type: "string" };
const number = { type: "number" };
const object = (properties: Record<string, JsonSchema>, more: object = {}) => ({ type: "object", properties, ...more });

const tree = (value: JsonSchema, place = "$defs") => ({
  $ref: `#/${place}/node`,
  [place]: {
    node: object({ value, kids: { type: "array", items: { $ref: `#/${place}/node` } } }, { required: ["value"] }),
  },
});

test("references to definitions of any name are followed, recursive ones too", () => {
  expect(inputChanges(tree(string), tree(string, "definitions"))).toEqual([]);
  expect(inputChanges(tree({ type: ["string", "null"] }), tree(string, "definitions"))).toEqual([
    "prices.quote input.value: input.value no longer accepts null",
  ]);
});

test("references to the whole schema are followed", () => {
  const list = (value: JsonSchema) => object({ value, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } });
  expect(outputChanges(list(string), { title: "t", ...list(string) })).toEqual([]);
  expect(outputChanges(list(string), list(number))).toContain(
    "prices.quote output.value: output.value may now be a number",
  );
});

test("references are named with escapes, and as numbers of a list", () => {
  const escaped = { $ref: "#/$defs/a~1b%20~0c/anyOf/0", $defs: { "a/b ~c": { anyOf: [number] } } };
  expect(inputChanges(number, escaped)).toEqual([]);
  expect(inputChanges(string, escaped)).toEqual(["prices.quote input: The input no longer accepts a string"]);
});

test("references that two documents both name alike may mean different things", () => {
  const not = (meant: JsonSchema) => ({ not: { $ref: "#/$defs/a" }, $defs: { a: meant } });
  expect(inputChanges(not(string), { title: "t", ...not(string) })).toEqual([]);
  expect(inputChanges(not(string), not(number))).toEqual([
    'prices.quote input: The input changed in a way that cannot be compared: "not"',
  ]);
});

test("references report a shared schema once in full", () => {
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
])("references to %s end", (_, schema) => {
  expect(inputChanges(schema, schema)).toEqual([]);
  expect(() => inputChanges(schema, string)).not.toThrow();
  expect(inputChanges({ type: ["string", "number"] }, schema)).toBeInstanceOf(Array);
});
