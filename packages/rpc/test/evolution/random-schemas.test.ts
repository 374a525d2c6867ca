/** A change of a random schema that is not listed as a break must not break any value of a small universe. */

import type { JsonSchema } from "@awaitmq/rpc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inputChanges, outputChanges } from "./describing.ts";
import { schemaPairs, schemas, universe } from "./random-schemas.ts";
import { isValid } from "./validity.ts";

const runs = { numRuns: 1_000 };

function refusedValues(narrow: JsonSchema, wide: JsonSchema): readonly unknown[] {
  return universe.filter((each) => isValid(each, narrow) && !isValid(each, wide));
}

test("a schema that stays as it is breaks nothing, beside one that accepts more", () => {
  fc.assert(
    fc.property(schemas(false), (schema) => {
      const narrow = { type: "array", items: schema, maxItems: 3 };
      const wide = { type: "array", items: JSON.parse(JSON.stringify(schema)) };
      expect(inputChanges(narrow, wide)).toEqual([]);
      expect(outputChanges(wide, narrow)).toEqual([]);
    }),
    runs,
  );
});

test("an output that breaks nothing has only values that the old schema accepts", () => {
  let compatible = 0;
  fc.assert(
    fc.property(schemaPairs(schemas(false)), ([narrow, wide]) => {
      if (outputChanges(wide, narrow).length > 0) return;
      compatible += 1;
      expect(refusedValues(narrow, wide)).toEqual([]);
    }),
    runs,
  );
  expect(compatible).toBeGreaterThan(100);
});

test("an input that breaks nothing accepts all that the old schema accepted, if that says which properties there are", () => {
  let compatible = 0;
  fc.assert(
    fc.property(schemaPairs(schemas(true)), ([narrow, wide]) => {
      if (inputChanges(narrow, wide).length > 0) return;
      compatible += 1;
      expect(refusedValues(narrow, wide)).toEqual([]);
    }),
    runs,
  );
  expect(compatible).toBeGreaterThan(100);
});
