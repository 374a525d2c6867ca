/** Schemas: issues, transformed values and promises. */

import * as v from "valibot";
import { expect, test } from "vitest";
import { z } from "zod";
import { type Schema, SchemaError } from "../../src/index.ts";
import { applySchema, checkSchema } from "../../src/value/schema.ts";

async function refusal(schema: Schema, value: unknown): Promise<SchemaError> {
  try {
    await applySchema(schema, value, "on topic a");
  } catch (error) {
    expect(error).toBeInstanceOf(SchemaError);
    return error as SchemaError;
  }
  throw new Error("The schema refused nothing");
}

test.each<[string, Schema]>([
  ["zod", z.object({ book: z.object({ bids: z.array(z.object({ price: z.number() })) }) })],
  ["valibot", v.object({ book: v.object({ bids: v.array(v.object({ price: v.number() })) }) })],
])("%s's complaint becomes a SchemaError that names the path", async (_, schema) => {
  const error = await refusal(schema, { book: { bids: [{ price: 1 }, { price: "2" }] } });
  expect(error.code).toBe("ERR_SCHEMA");
  expect(error.issues).toHaveLength(1);
  expect(error.issues[0]?.path).toEqual(["book", "bids", 1, "price"]);
  expect(error.message).toMatch(/^The schema refuses a value on topic a: book\.bids\[1\]\.price: \S/);
});

test("every issue is told, and one at the root has an empty path", async () => {
  const several = await refusal(z.object({ bid: z.number(), ask: z.number() }), {});
  expect(several.issues.map(({ path }) => path)).toEqual([["bid"], ["ask"]]);
  expect(several.message).toMatch(/bid: .*; ask: /);
  const root = await refusal(v.string(), 5);
  expect(root.issues[0]?.path).toEqual([]);
});

test("a schema that transforms gives what it made", () => {
  expect(applySchema(z.string().transform(Number), "5", "")).toBe(5);
  expect(applySchema(v.pipe(v.string(), v.transform(Number)), "5", "")).toBe(5);
});

test("an asynchronous schema gives a promise, which rejects with a SchemaError too", async () => {
  const even = z.number().refine(async (value) => value % 2 === 0, "must be even");
  expect(await applySchema(even, 2, "")).toBe(2);
  expect((await refusal(even, 3)).message).toContain("must be even");
  const evenToo = v.pipeAsync(
    v.number(),
    v.checkAsync(async (value) => value % 2 === 0, "must be even"),
  );
  expect(await applySchema(evenToo, 2, "")).toBe(2);
  expect((await refusal(evenToo, 3)).message).toContain("must be even");
});

test("a schema that fails itself is a SchemaError with the cause, whether at once or later", async () => {
  const failure = new Error("no database");
  const schema = (validate: () => never): Schema => ({ "~standard": { version: 1, vendor: "test", validate } });
  const throwing = schema(() => {
    throw failure;
  });
  const rejecting = schema((() => Promise.reject(failure)) as () => never);
  for (const broken of [throwing, rejecting]) {
    const error = await refusal(broken, 1);
    expect(error.cause).toBe(failure);
    expect(error.issues).toEqual([]);
    expect(error.message).toBe("The schema failed on a value on topic a: no database");
  }
});

test("a schema that gives no result is a SchemaError", async () => {
  for (const [result, what] of [
    [undefined, "undefined"],
    [5, "a number"],
    [{}, "an object"],
    [{ issues: 5 }, "an object"],
  ] as const) {
    const broken = { "~standard": { version: 1, vendor: "test", validate: () => result } } as unknown as Schema;
    const error = await refusal(broken, 1);
    expect(error.message).toBe(
      `The schema failed on a value on topic a: validate returned ${what}, which is not a result`,
    );
  }
});

test("a schema that is a function, as those of arktype, will do; anything else is refused", () => {
  const schema = Object.assign(() => {}, { "~standard": z.string()["~standard"] });
  expect(() => checkSchema(schema)).not.toThrow();
  for (const wrong of [{}, null, "string", { "~standard": {} }, () => {}])
    expect(() => checkSchema(wrong as Schema)).toThrow(TypeError);
});
