/** Changes of schemas that zod, valibot and arktype describe. */

import type { JsonSchema } from "@awaitmq/rpc";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { describing, inputChanges, outputChanges, sentences } from "./describing.ts";

interface Describable {
  readonly "~standard": {
    readonly jsonSchema: { input(options: { target: "draft-2020-12" }): Record<string, unknown> };
  };
}

function of(schema: Describable): JsonSchema {
  return JSON.parse(JSON.stringify(schema["~standard"].jsonSchema.input({ target: "draft-2020-12" })));
}

const ofValibot = (schema: Parameters<typeof toStandardJsonSchema>[0]) => of(toStandardJsonSchema(schema));

describe("zod", () => {
  const Node = z.object({
    name: z.string(),
    get kids() {
      return z.array(Node);
    },
  });
  const Loud = z.object({
    name: z.string().min(1),
    get kids() {
      return z.array(Loud).describe("the nodes below");
    },
  });

  test.each<[string, z.ZodType]>([
    [
      "strings",
      z.object({
        a: z.email(),
        b: z.uuid(),
        c: z.iso.datetime(),
        d: z.base64(),
        e: z.string().regex(/^a/).regex(/b$/),
      }),
    ],
    ["numbers", z.object({ a: z.int(), b: z.number().positive().multipleOf(2), c: z.int32() })],
    [
      "lists",
      z.object({
        a: z.tuple([z.string(), z.number()]),
        b: z.tuple([z.string()], z.number()),
        c: z.array(z.string()).min(1),
      }),
    ],
    [
      "records",
      z.object({
        a: z.record(z.string(), z.number()),
        b: z.record(z.enum(["x", "y"]), z.number()),
        c: z.partialRecord(z.enum(["x"]), z.number()),
      }),
    ],
    [
      "choices",
      z.object({
        a: z.enum(["x", "y"]),
        b: z.literal([1, 2]),
        c: z.union([z.string(), z.null()]),
        d: z.string().nullable(),
        e: z.boolean(),
      }),
    ],
    [
      "objects",
      z.object({
        a: z.strictObject({ x: z.string() }),
        b: z.looseObject({}),
        c: z.object({}).catchall(z.number()),
        d: z.never().optional(),
      }),
    ],
    [
      "unions",
      z.discriminatedUnion("t", [
        z.object({ t: z.literal("a"), x: z.number() }),
        z.strictObject({ t: z.literal("b") }),
      ]),
    ],
    ["intersections", z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
    ["unknown values", z.object({ a: z.unknown(), b: z.any() })],
    ["a recursive schema", Node],
  ])("%s with another description break nothing", (_, schema) => {
    const [before, after] = [of(z.array(schema)), of(z.array(schema.describe("new words")).max(9))];
    expect(inputChanges(after, before)).toEqual([]);
    expect(outputChanges(before, after)).toEqual([]);
  });

  test.each<[string, z.ZodType, z.ZodType, string[]]>([
    [
      "a new required property",
      z.object({ symbol: z.string() }),
      z.object({ symbol: z.string(), currency: z.string() }),
      ['input: The input has a new required property "currency"'],
    ],
    [
      "a new property with a default",
      z.object({ symbol: z.string() }),
      z.object({ symbol: z.string(), currency: z.string().default("EUR") }),
      [],
    ],
    [
      "an optional property that becomes required",
      z.object({ a: z.string().optional() }),
      z.object({ a: z.string() }),
      ['input: The input now requires the property "a"'],
    ],
    ["a removed property", z.object({ a: z.string(), b: z.string() }), z.object({ a: z.string() }), []],
    [
      "a removed property of a strict object",
      z.strictObject({ a: z.string(), b: z.string() }),
      z.strictObject({ a: z.string() }),
      ['input: The input no longer accepts the property "b"'],
    ],
    [
      "an object that becomes strict",
      z.object({ a: z.string() }),
      z.strictObject({ a: z.string() }),
      ["input: The input no longer accepts properties that its schema does not name"],
    ],
    [
      "a value that may no longer be null",
      z.object({ a: z.string().nullable() }),
      z.object({ a: z.string() }),
      ["input.a: input.a no longer accepts null"],
    ],
    [
      "a removed value of an enum",
      z.array(z.enum(["bid", "ask"])),
      z.array(z.enum(["bid"])),
      ['input[]: input[] no longer accepts "ask"'],
    ],
    ["an enum that becomes a string", z.enum(["bid", "ask"]), z.string(), []],
    [
      "an added value of a union",
      z.union([z.string(), z.number()]),
      z.union([z.string(), z.boolean(), z.number()]),
      [],
    ],
    [
      "a longer least length",
      z.string().min(1),
      z.string().min(2),
      ['input: The input has a tighter "minLength": before 1, now 2'],
    ],
    [
      "a new format",
      z.string(),
      z.uuid(),
      [
        'input: The input has a different "format": before none, now "uuid"',
        expect.stringContaining('a different "pattern": before none'),
      ],
    ],
    ["a positive number that may be 0", z.int().positive(), z.int().min(0), []],
    [
      "a union with one more alternative",
      z.discriminatedUnion("t", [z.object({ t: z.literal("a") })]),
      z.discriminatedUnion("t", [
        z.object({ t: z.literal("b") }),
        z.object({ t: z.literal("a"), x: z.string().optional() }),
      ]),
      [],
    ],
    [
      "an alternative that changes",
      z.discriminatedUnion("t", [z.object({ t: z.literal("a") }), z.object({ t: z.literal("b"), x: z.string() })]),
      z.discriminatedUnion("t", [z.object({ t: z.literal("a") }), z.object({ t: z.literal("b"), x: z.number() })]),
      ["input.x: input.x no longer accepts a string"],
    ],
    [
      "a record with fewer keys",
      z.record(z.enum(["a", "b"]), z.number()),
      z.record(z.enum(["a"]), z.number()),
      ["input: The input no longer accepts some names of properties"],
    ],
    [
      "a recursive schema that becomes narrower",
      Node,
      Loud,
      ['input.name: input.name has a tighter "minLength": before none, now 1'],
    ],
  ])("callers that send: %s", (_, before, after, changes) => {
    const found = inputChanges(of(before), of(after));
    expect(found).toEqual(changes.map((each) => (typeof each === "string" ? `prices.quote ${each}` : each)));
  });

  test.each<[string, z.ZodType, z.ZodType, string[]]>([
    ["a new property", z.object({ bid: z.number() }), z.object({ bid: z.number(), ask: z.number() }), []],
    [
      "a new property, where the old schema is strict",
      z.strictObject({ bid: z.number() }),
      z.strictObject({ bid: z.number(), ask: z.number() }),
      ['output: The output may now have the property "ask", which the old schema refuses'],
    ],
    [
      "a property that becomes optional",
      z.object({ bid: z.number() }),
      z.object({ bid: z.number().optional() }),
      ['output: The output does not always have the property "bid" any more'],
    ],
    [
      "an optional property that becomes required",
      z.object({ bid: z.number().optional() }),
      z.object({ bid: z.number() }),
      [],
    ],
    [
      "a removed property",
      z.object({ bid: z.number(), ask: z.number().optional() }),
      z.object({ bid: z.number() }),
      ['output: The output no longer has the property "ask"'],
    ],
    [
      "a value that may be null",
      z.object({ bid: z.number() }),
      z.object({ bid: z.number().nullable() }),
      ["output.bid: output.bid may now be null"],
    ],
    [
      "a new value of an enum",
      z.object({ side: z.enum(["bid"]) }),
      z.object({ side: z.enum(["bid", "ask"]) }),
      ['output.side: output.side may now be "ask"'],
    ],
    ["a removed value of an enum", z.enum(["bid", "ask"]), z.enum(["bid"]), []],
    [
      "a whole number that may have a fraction",
      z.int32(),
      z.number().min(0).max(1),
      ["output: The output may now be a number with a fraction"],
    ],
    [
      "a longer list",
      z.array(z.string()).max(2),
      z.array(z.string()).max(3),
      ['output: The output has a looser "maxItems": before 2, now 3'],
    ],
    ["a tuple that becomes a list", z.tuple([z.string(), z.string()]), z.array(z.string()).length(2), []],
    [
      "a recursive schema that becomes wider",
      Loud,
      Node,
      ['output.name: output.name has a looser "minLength": before 1, now none'],
    ],
  ])("callers that receive: %s", (_, before, after, changes) => {
    expect(outputChanges(of(before), of(after))).toEqual(changes.map((each) => `prices.quote ${each}`));
  });
});

describe("valibot", () => {
  interface Tree {
    readonly name: string;
    readonly kids: readonly Tree[];
  }
  const Tree: v.GenericSchema<Tree> = v.object({ name: v.string(), kids: v.array(v.lazy(() => Tree)) });
  const Other: v.GenericSchema<Tree> = v.object({
    name: v.pipe(v.string(), v.maxLength(3)),
    kids: v.array(v.lazy(() => Other)),
  });
  const tagged = (tag: string, entries: v.ObjectEntries = {}) => v.object({ tag: v.literal(tag), ...entries });

  test.each<[string, v.GenericSchema, v.GenericSchema, string[]]>([
    [
      "a new optional property",
      v.object({ a: v.string() }),
      v.object({ a: v.string(), b: v.optional(v.number()) }),
      [],
    ],
    [
      "a new required property",
      v.object({ a: v.string() }),
      v.object({ a: v.string(), b: v.number() }),
      ['input: The input has a new required property "b"'],
    ],
    ["an alternative that is removed", v.nullable(v.string()), v.string(), ["input: The input no longer accepts null"]],
    ["an alternative that is added", v.string(), v.nullable(v.string()), []],
    ["a picklist with less", v.picklist(["a", "b"]), v.picklist(["b"]), ['input: The input no longer accepts "a"']],
    [
      "a variant that changes",
      v.variant("tag", [tagged("a", { x: v.string() }), tagged("b")]),
      v.variant("tag", [tagged("b"), tagged("a", { x: v.number() })]),
      ["input.x: input.x no longer accepts a string"],
    ],
    [
      "an intersection that becomes an object",
      v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]),
      v.object({ a: v.string(), b: v.string() }),
      [],
    ],
    [
      "an intersection with another property",
      v.object({ a: v.string() }),
      v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]),
      ['input: The input has a new required property "b"'],
    ],
    [
      "a tuple that becomes strict",
      v.tuple([v.string()]),
      v.strictTuple([v.string()]),
      ["input[]: input[] no longer accepts any value"],
    ],
    [
      "a record of other values",
      v.record(v.string(), v.number()),
      v.record(v.string(), v.pipe(v.number(), v.integer())),
      ["input.*: input.* no longer accepts a number with a fraction"],
    ],
    [
      "properties that are all strings",
      v.objectWithRest({ a: v.string() }, v.string()),
      v.record(v.string(), v.string()),
      [],
    ],
    ["a recursive schema that stays", Tree, Tree, []],
    [
      "a recursive schema that becomes narrower",
      Tree,
      Other,
      [
        'input.name: input.name has a tighter "maxLength": before none, now 3',
        'input.kids[].name: input.kids[].name has a tighter "maxLength": before none, now 3',
      ],
    ],
  ])("callers that send: %s", (_, before, after, changes) => {
    const titled = { title: "t", ...(ofValibot(after) as object) };
    expect(inputChanges(ofValibot(before), titled)).toEqual(changes.map((each) => `prices.quote ${each}`));
  });
});

describe("arktype", () => {
  const tree = type.module({ node: { name: "string", kids: "node[]" } }).node;
  const other = type.module({ knot: { name: "string > 2", kids: "knot[]" } }).knot;

  test.each<[string, type.Any, type.Any, string[]]>([
    ["a new optional property", type({ a: "string" }), type({ a: "string", "b?": "number" }), []],
    [
      "a new required property",
      type({ a: "string" }),
      type({ a: "string", b: "number" }),
      ['input: The input has a new required property "b"'],
    ],
    ["a property with a default", type({ a: "string" }), type({ a: "string", b: "number = 1" }), []],
    [
      "unknown properties that are refused",
      type({ a: "string" }),
      type({ "+": "reject", a: "string" }),
      ["input: The input no longer accepts properties that its schema does not name"],
    ],
    [
      "values that are removed",
      type("'a' | 'b' | 'c'"),
      type("'b'"),
      ['input: The input no longer accepts "a" or "c"'],
    ],
    [
      "a string that may no longer be null",
      type("string | null"),
      type("string"),
      ["input: The input no longer accepts null"],
    ],
    [
      "a union of objects in another order",
      type({ t: "'a'", x: "number" }).or({ t: "'b'" }),
      type({ t: "'b'" }).or({ t: "'a'", x: "number" }),
      [],
    ],
    [
      "limits of numbers",
      type("number > 0"),
      type("0 < number < 10"),
      ['input: The input has a tighter "exclusiveMaximum": before none, now 10'],
    ],
    ["an even number that may be any whole one", type("number % 2"), type("number.integer"), []],
    [
      "an index that stays",
      type({ "[/^a/]": "number", "b?": "string" }),
      type({ "[/^a/]": "number", "b?": "string" }).describe("new words"),
      [],
    ],
    [
      "an index that changes",
      type({ "[/^a/]": "number" }),
      type({ "[/^a/]": "string" }),
      ['input: The input changed in a way that cannot be compared: "patternProperties"'],
    ],
    ["a recursive schema under other names", tree, type.module({ knot: { name: "string", kids: "knot[]" } }).knot, []],
    [
      "a recursive schema that becomes narrower",
      tree,
      other,
      ['input.name: input.name has a tighter "minLength": before none, now 3'],
    ],
  ])("callers that send: %s", (_, before, after, changes) => {
    expect(inputChanges(of(before), of(after))).toEqual(changes.map((each) => `prices.quote ${each}`));
  });
});

test("one library replaces another, where both say the same", () => {
  const schemas = [
    of(z.object({ a: z.string().min(1), b: z.number().optional(), c: z.union([z.string(), z.null()]) })),
    ofValibot(
      v.object({ a: v.pipe(v.string(), v.minLength(1)), b: v.optional(v.number()), c: v.nullable(v.string()) }),
    ),
    of(type({ a: "string > 0", "b?": "number", c: "string | null" })),
  ];
  for (const input of schemas)
    for (const output of schemas)
      expect(sentences(describing({ input, output }), describing({ input: output, output: input }))).toEqual([]);
});
