/** Middleware in layers around what a call does. */

import type { Method } from "../contract/method.ts";

/** A call that a layer may hand on with changes. */
export interface Changeable<Changes> {
  readonly method: Method;
  with(changes: Changes): this;
}

type Layer<Call, Changes> = (call: Call, next: (changes?: Changes) => Promise<unknown>) => unknown;
type Run<Call> = (call: Call) => unknown;

/** @param use the outermost first */
export function layered<Call extends Changeable<Changes>, Changes>(
  use: readonly Layer<Call, Changes>[],
  innermost: Run<Call>,
): Run<Call> {
  return use.reduceRight<Run<Call>>((inner, layer) => (call) => run(layer, call, inner), innermost);
}

async function run<Call extends Changeable<Changes>, Changes>(
  layer: Layer<Call, Changes>,
  call: Call,
  inner: Run<Call>,
): Promise<unknown> {
  const pending = new Set<Promise<unknown>>();
  let hasOutput = false;
  const go = async (changes?: Changes) => {
    const output = await inner(changes === undefined ? call : call.with(changes));
    hasOutput ||= output !== undefined;
    return output;
  };
  const next = (changes?: Changes) => {
    const output = go(changes);
    pending.add(output);
    const settle = () => pending.delete(output);
    output.then(settle, settle);
    return output;
  };
  const output = await layer(call, next);
  if (output === undefined && (hasOutput || pending.size > 0)) {
    for (const each of pending) each.catch(() => {}); // the caller gets another error
    throw new TypeError(
      `A middleware of ${call.method.path} returned nothing: return what next() gives, or another output`,
    );
  }
  return output;
}

/** @throws TypeError */
export function checkUse(use: unknown): void {
  if (!Array.isArray(use) || !use.every((layer) => typeof layer === "function"))
    throw new TypeError("use must be an array of functions (call, next) => ...");
}
