/** Changes of schemas that zod describes. */

import { expect, test } from "vitest";
import { z } from "zod";
import { inputChanges, of, outputChanges } from "./describing.ts";

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
    z.discriminatedUnion("t", [z.object({ t: z.literal("a"), x: z.number() }), z.strictObject({ t: z.literal("b") })]),
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
  ["an added value of a union", z.union([z.string(), z.number()]), z.union([z.string(), z.boolean(), z.number()]), []],
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
