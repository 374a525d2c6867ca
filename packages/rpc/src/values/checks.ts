/** What the schemas of a method make of its values. */

import { applySchema } from "@awaitmq/patterns/internals";
import type { Method } from "../contract/method.ts";
import type { Schema } from "../contract/schema.ts";
import { isStream, type Stream } from "../contract/stream.ts";
import { isUnchecked } from "../contract/type.ts";

/**
 * Which values are checked: all, none, or only those that come in. What is not checked is not transformed either.
 *
 * @category Options
 */
export type Validate = boolean | "incoming";

/** Returns what a receiver gets of a value, or a promise of it. Throws, or rejects with, a SchemaError. */
type Check = (value: unknown) => unknown;

export interface Checks {
  readonly input: Check;
  readonly output: Check;
}

/** @param isServer whether the input is what comes in */
export function checksOf({ path, definition }: Method, validate: Validate, isServer: boolean): Checks {
  const { input, output } = definition;
  return {
    input: checkOf(input, path, "input", validate === true || (validate === "incoming" && isServer)),
    output: checkOf(output, path, "output", validate === true || (validate === "incoming" && !isServer)),
  };
}

function checkOf(part: Schema | Stream | undefined, path: string, side: "input" | "output", isOn: boolean): Check {
  if (part === undefined) return nothing;
  const schema = isStream(part) ? part["~stream"] : part;
  if (!isOn || isUnchecked(schema)) return unchanged;
  const where = `as the ${side} of ${path}`;
  return (value) => applySchema(schema, value, where, side);
}

/** @throws TypeError */
export function checkValidate(name: string, value: unknown): void {
  if (typeof value !== "boolean" && value !== "incoming")
    throw new TypeError(`${name} must be true, false or "incoming", got ${String(value)}`);
}

function nothing(): undefined {}

function unchanged(value: unknown): unknown {
  return value;
}
