/** Checks values with a schema of any Standard Schema library: zod, valibot, arktype and others. */

import { nameOf, option } from "@awaitmq/core/internals";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SchemaError } from "../errors.ts";

/**
 * A schema of any Standard Schema library, such as zod, valibot or arktype.
 *
 * A sender gives `In` and a receiver gets `Out`. They differ if the schema transforms values.
 *
 * @category Values
 */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** @throws TypeError for something that is not a schema */
export function checkSchema(schema: Schema): void {
  const standard: unknown = Object(schema)["~standard"];
  if (typeof Object(standard).validate !== "function")
    throw new TypeError('schema must implement Standard Schema: it has no "~standard" with a function validate');
}

/** The option `schema`. */
export const schemaRule = option<Schema>((_, value) => checkSchema(value as Schema));

/**
 * Returns what the schema makes of a value, or a promise of it if the schema is asynchronous.
 *
 * @param where ends the sentence of an error: "on topic prices.EUR"
 * @param side of a typed call, for the error
 * @throws SchemaError, or the promise rejects with it. If the schema itself fails, that is the `cause`
 */
export function applySchema<Out>(
  schema: Schema<unknown, Out>,
  value: unknown,
  where: string,
  side?: SchemaError["side"],
): Out | Promise<Out> {
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return outcome(result, where, side);
    return result.then(
      (settled) => outcome(settled, where, side),
      (cause) => {
        throw failure(cause, where, side);
      },
    );
  } catch (cause) {
    throw cause instanceof SchemaError ? cause : failure(cause, where, side);
  }
}

function outcome<Out>(result: StandardSchemaV1.Result<Out>, where: string, side: SchemaError["side"]): Out {
  if (!isResult(result)) throw failure(`validate returned ${nameOf(result)}, which is not a result`, where, side);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path = [] }) => ({
    message,
    // Not `map`: that of a library's own kind of array returns its own kind again.
    path: Array.from(path, (step) => (typeof step === "object" ? step.key : step)),
  }));
  const found = issues.map(({ message, path }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  throw new SchemaError(`The schema refuses a value ${where}: ${found.join("; ")}`, issues, { side });
}

function isResult(result: unknown): boolean {
  const { issues } = Object(result);
  return issues === undefined ? "value" in Object(result) : Array.isArray(issues);
}

function failure(cause: unknown, where: string, side: SchemaError["side"]): SchemaError {
  const why = (cause as Error)?.message ?? cause;
  return new SchemaError(`The schema failed on a value ${where}: ${why}`, [], { cause, side });
}

/** A path as a program would write it: `bids[0].price`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
