/** Changes of schemas that valibot describes. */

import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { expect, test } from "vitest";
import { inputChanges, of } from "./describing.ts";

const ofValibot = (schema: Parameters<typeof toStandardJsonSchema>[0]) => of(toStandardJsonSchema(schema));

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
  ["a new optional property", v.object({ a: v.string() }), v.object({ a: v.string(), b: v.optional(v.number()) }), []],
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
