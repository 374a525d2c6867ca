/** Checks endpoints before anything starts. */

import { nameOf } from "@awaitmq/core/internals";

/**
 * Returns one endpoint or several as an array.
 *
 * @param takes the start of the error: what takes endpoints, and a verb
 * @throws TypeError
 */
export function checkEndpoints(takes: string, value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value) || value.length === 0) {
    const hint = value === undefined ? ". Is its environment variable set?" : "";
    throw new TypeError(`${takes} an endpoint or an array of endpoints, got ${nameOf(value)}${hint}`);
  }
  for (const [index, endpoint] of value.entries())
    if (typeof endpoint !== "string")
      throw new TypeError(`${takes} endpoints as strings, got ${nameOf(endpoint)} at index ${index}`);
  return value;
}

/** @throws TypeError */
export function checkEndpoint(takes: string, value: unknown): void {
  if (typeof value !== "string") throw new TypeError(`${takes} an endpoint, got ${nameOf(value)}`);
}
