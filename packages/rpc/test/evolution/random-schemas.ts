/** Random schemas, random changes of them, and the small universe of values that they are about. */

import type { JsonSchema } from "@awaitmq/rpc";
import fc from "fast-check";

const scalars = [null, true, false, -1, 0, 0.5, 1, 2, 3, 4, "", "a", "b", "ab", "abc"];
const some = [null, true, 0, 1, 2, "a", "ab"];
const pairs = some.flatMap((one) => some.map((other) => [one, other] as const));

export const universe: readonly unknown[] = [
  ...scalars,
  ...[[], ...scalars.map((each) => [each]), ...pairs, ["a", "b", "ab"], [1, 2, 3], [[]], [["a"]], [{}], [{ a: 1 }]],
  ...scalars.flatMap((each) => [{ a: each }, { b: each }, { c: each }]),
  ...pairs.flatMap(([a, other]) => [
    { a, b: other },
    { a, c: other },
  ]),
  ...[{}, { a: {} }, { a: { a: 1 } }, { a: { b: "a" } }, { a: [] }, { a: ["a"] }],
  ...[
    { a: 1, b: 2, c: "a" },
    { a: "a", b: "b", c: null },
  ],
];

type Model = Record<string, fc.Arbitrary<unknown>>;

const count = fc.integer({ min: 0, max: 3 });
const bound = fc.constantFrom(-1, 0, 0.5, 1, 2, 3);
const name = fc.constantFrom("a", "b", "c");
const type = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");
const value = fc.constantFrom<unknown>(...scalars, [], ["a"], [1, 2], {}, { a: 1 }, { a: "a", b: 2 });
const pattern = fc.constantFrom("^a", "b$");
const numbers = {
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: fc.constantFrom(0.5, 1, 2, 3),
};
const names = fc.constantFrom<JsonSchema>(true, { enum: ["a", "b"] }, { maxLength: 1 }, { pattern: "^a" });

/** Schemas with one to three keywords of a model, beside those of a type. */
function someOf(start: object, model: Model): fc.Arbitrary<object> {
  return fc
    .tuple(fc.subarray(Object.keys(model), { minLength: 1, maxLength: 3 }), fc.record(model))
    .map(([keywords, found]) => ({ ...start, ...Object.fromEntries(keywords.map((each) => [each, found[each]])) }));
}

const scalar: fc.Arbitrary<object> = fc.oneof(
  fc.record({ type }),
  fc.record({ type: fc.uniqueArray(type, { minLength: 1, maxLength: 3 }) }),
  fc.record({ enum: fc.uniqueArray(value, { minLength: 1, maxLength: 4 }) }),
  fc.record({ const: value }),
  someOf({ type: "number" }, numbers),
  someOf({ type: "integer" }, numbers),
  someOf({ type: "string" }, { minLength: count, maxLength: count, pattern }),
);

/** @param isSaid whether each object says what other properties it has */
export function schemas(isSaid: boolean): fc.Arbitrary<JsonSchema> {
  const { schema } = fc.letrec<{ schema: JsonSchema; part: JsonSchema }>((tie) => {
    const part = tie("part");
    const list = fc.array(part, { minLength: 1, maxLength: 3 });
    const arrays = { items: part, prefixItems: list, minItems: count, maxItems: count, uniqueItems: fc.boolean() };
    const objects = {
      properties: fc.dictionary(name, part, { maxKeys: 3 }),
      required: fc.uniqueArray(name, { maxLength: 2 }),
      minProperties: count,
      maxProperties: count,
      propertyNames: names,
      patternProperties: fc.dictionary(pattern, part, { minKeys: 1, maxKeys: 1 }),
    };
    const others = fc.record({ additionalProperties: part }, { requiredKeys: isSaid ? ["additionalProperties"] : [] });
    const object = together(someOf({ type: "object" }, objects), others);
    return {
      part: fc.oneof(
        { maxDepth: 2, depthSize: "small" },
        fc.constantFrom<JsonSchema>({}, true, false, { type: "string" }),
        tie("schema"),
      ),
      schema: fc.oneof(
        { weight: 3, arbitrary: scalar },
        { weight: 2, arbitrary: someOf({ type: "array" }, { ...arrays, contains: part, minContains: count }) },
        { weight: 3, arbitrary: object },
        fc.record({ anyOf: list }),
        fc.record({ oneOf: list }),
        fc.record({ allOf: list }),
        fc.record({ not: part }),
        fc
          .tuple(part, part, part)
          .map((parts) => Object.fromEntries(["if", "then", "else"].map((key, at) => [key, parts[at]]))),
        together(scalar, fc.record({ anyOf: list })),
        together(object, fc.record({ oneOf: list })),
      ) as fc.Arbitrary<JsonSchema>,
    };
  });
  return schema;
}

function together(one: fc.Arbitrary<object>, other: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.tuple(one, other).map((parts) => Object.assign({}, ...parts));
}

/** Two schemas, of which the second one often accepts what the first one does: unrelated ones seldom do. */
export function schemaPairs(schema: fc.Arbitrary<JsonSchema>): fc.Arbitrary<readonly [JsonSchema, JsonSchema]> {
  const two = fc.tuple(schema, schema);
  return fc.oneof(
    two,
    {
      weight: 4,
      arbitrary: fc.tuple(two, fc.nat()).map(([[one, other], at]) => [one, changed(one, other, at)] as const),
    },
    two.map(([one, other]) => [one, { anyOf: [other, one] }] as const),
    two.map(([one, other]) => [one, { oneOf: [other, one] }] as const),
    two.map(([one, other]) => [{ allOf: [other, one] }, one] as const),
  );
}

/** Drops a keyword, and may add those of another schema, here or in a part of the schema. */
function changed(one: JsonSchema, other: JsonSchema, at: number): JsonSchema {
  if (typeof one === "boolean") return other;
  const keywords = Object.keys(one);
  const keyword = keywords[at % keywords.length];
  if (keyword === undefined) return other;
  const rest = Math.floor(at / keywords.length);
  const { [keyword]: part, ...others } = one;
  if (rest % 2 === 0) {
    if (["items", "additionalProperties", "not", "contains"].includes(keyword))
      return { ...others, [keyword]: changed(part as JsonSchema, other, rest) };
    if (["anyOf", "oneOf", "allOf", "prefixItems"].includes(keyword))
      return { ...others, [keyword]: (part as JsonSchema[]).map((each) => changed(each, other, rest)) };
    if (keyword === "properties") {
      const entries = Object.entries(part as Record<string, JsonSchema>);
      return {
        ...others,
        properties: Object.fromEntries(entries.map(([key, each]) => [key, changed(each, other, rest)])),
      };
    }
  }
  return typeof other === "object" && rest % 3 === 0 ? { ...others, ...other } : others;
}
