/** Changes of schemas that arktype describes. */

import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { expect, test } from "vitest";
import { z } from "zod";
import { describing, inputChanges, of, sentences } from "./describing.ts";

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
  ["values that are removed", type("'a' | 'b' | 'c'"), type("'b'"), ['input: The input no longer accepts "a" or "c"']],
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

test("one library replaces another, where both say the same", () => {
  const schemas = [
    of(z.object({ a: z.string().min(1), b: z.number().optional(), c: z.union([z.string(), z.null()]) })),
    of(
      toStandardJsonSchema(
        v.object({ a: v.pipe(v.string(), v.minLength(1)), b: v.optional(v.number()), c: v.nullable(v.string()) }),
      ),
    ),
    of(type({ a: "string > 0", "b?": "number", c: "string | null" })),
  ];
  for (const input of schemas)
    for (const output of schemas)
      expect(sentences(describing({ input, output }), describing({ input: output, output: input }))).toEqual([]);
});
