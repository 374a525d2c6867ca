/** Middleware in layers around what a call does. */

/** A call that a layer may hand on with changes. */
export interface Changeable<Changes> {
  with(changes: Changes): this;
}

type Layer<Call, Changes> = (call: Call, next: (changes?: Changes) => Promise<unknown>) => unknown;

/** @param use the outermost first */
export function layered<Call extends Changeable<Changes>, Changes>(
  use: readonly Layer<Call, Changes>[],
  innermost: (call: Call) => unknown,
): (call: Call) => unknown {
  return use.reduceRight<(call: Call) => unknown>(
    (inner, layer) => (call) =>
      layer(call, async (changes) => inner(changes === undefined ? call : call.with(changes))),
    innermost,
  );
}

/** @throws TypeError */
export function checkUse(use: unknown): void {
  if (!Array.isArray(use) || !use.every((layer) => typeof layer === "function"))
    throw new TypeError("use must be an array of functions (call, next) => ...");
}
