/** A type in place of a schema. */

import type { Schema } from "./schema.ts";

/** Tells a type from schemas that check. */
const unchecked = { version: 1, vendor: "awaitmq", validate: (value: unknown) => ({ value }) } as const;

const anything = Object.freeze({ "~standard": unchecked });

/**
 * A type in place of a schema: the compiler knows it, and **nothing is checked** when a program runs.
 *
 * So a peer may send any value at all. Use it between programs that you release together, and a schema elsewhere.
 *
 * @category Contracts
 * @example
 * ```ts
 * import { contract, type } from "@awaitmq/rpc/contract";
 *
 * const clock = contract("clock", {
 *   now: { output: type<{ hours: number; minutes: number }>() },
 * });
 * console.log(clock.now.path); // clock.now
 * ```
 */
export function type<T>(): Schema<T> {
  return anything as Schema<T>;
}

/** Whether a schema accepts all values, unchanged. */
export function isUnchecked(schema: Schema): boolean {
  return (schema["~standard"] as unknown) === unchecked;
}
