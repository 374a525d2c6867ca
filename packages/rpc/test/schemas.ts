/** Schemas as no library makes them. */

import type { StandardSchemaV1 } from "@standard-schema/spec";

type Validate<Out> = (value: unknown) => StandardSchemaV1.Result<Out> | Promise<StandardSchemaV1.Result<Out>>;

export function schemaOf<Out = string>(validate: Validate<Out>): StandardSchemaV1<Out, Out> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** Accepts texts but "wrong", and answers later. */
export const later = schemaOf(async (value) => {
  await new Promise(setImmediate);
  return value === "wrong" ? { issues: [{ message: "is wrong", path: ["deep", 0] }] } : { value: `${value}` };
});

/** Never answers a text "hang", and each other later. */
export const hanging = schemaOf((value) =>
  value === "hang" ? new Promise<never>(() => {}) : Promise.resolve({ value: `${value}` }),
);

/** Throws at a text "throw", rejects at a text "reject", and has no result for a text "nonsense". */
export const broken = schemaOf((value) => {
  if (value === "throw") throw new Error("the schema is broken");
  if (value === "nonsense") return 7 as never;
  return value === "reject" ? Promise.reject(new Error("the schema is broken")) : { value: `${value}` };
});
