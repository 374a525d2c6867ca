/** Checking values against a schema of any library that implements Standard Schema: zod, valibot, arktype and others. */

import { nameOf, option } from "@awaitmq/core/internals";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SchemaError } from "../errors.ts";

/** What a sender gives (`In`) and what a receiver gets (`Out`), which differ where the schema transforms. */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** @throws TypeError for something that is no schema */
export function checkSchema(schema: Schema): void {
  const standard: unknown = Object(schema)["~standard"];
  if (typeof Object(standard).validate !== "function")
    throw new TypeError('schema must implement Standard Schema: it has no "~standard" with a function validate');
}

/** The option `schema`. */
export const schemaRule = option<Schema>((_, value) => checkSchema(value as Schema));

/**
 * What the schema makes of a value, or a promise of it where the schema is asynchronous.
 *
 * @param where completes the sentence of an error: "on topic prices.EUR"
 * @throws SchemaError, or the promise rejects with it: also when the schema itself fails, which is then the `cause`
 */
export function applySchema<Out>(schema: Schema<unknown, Out>, value: unknown, where: string): Out | Promise<Out> {
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return outcome(result, where);
    return result.then(
      (settled) => outcome(settled, where),
      (cause) => {
        throw failure(cause, where);
      },
    );
  } catch (cause) {
    throw cause instanceof SchemaError ? cause : failure(cause, where);
  }
}

function outcome<Out>(result: StandardSchemaV1.Result<Out>, where: string): Out {
  if (!isResult(result)) throw failure(`validate gave ${nameOf(result)}, which is no result`, where);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path = [] }) => ({
    message,
    path: path.map((step) => (typeof step === "object" ? step.key : step)),
  }));
  const found = issues.map(({ message, path }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  throw new SchemaError(`The schema refuses a value ${where}: ${found.join("; ")}`, issues);
}

function isResult(result: unknown): boolean {
  const { issues } = Object(result);
  return issues === undefined ? "value" in Object(result) : Array.isArray(issues);
}

function failure(cause: unknown, where: string): SchemaError {
  return new SchemaError(`The schema failed at a value ${where}: ${(cause as Error)?.message ?? cause}`, [], { cause });
}

/** A path as a program would write it: `bids[0].price`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
