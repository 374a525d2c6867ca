/** Lists which changes of services break their callers. */

import type { Description, JsonSchema, MethodDescription } from "../description/description.ts";
import { checkDescription } from "./check-description.ts";
import { schemaChange } from "./schema-change.ts";
import { own } from "./schemas.ts";

/**
 * A change after which a caller with the old contract fails, or gets values that its contract refuses.
 *
 * @category Evolution
 */
export interface BreakingChange {
  /** What changed: `prices`, `prices.quote`, `prices.quote input.symbols[]` or `prices.quote error UNKNOWN_SYMBOL.symbol`. */
  readonly path: string;
  /** A sentence: `The input has a new required property "currency"`. */
  readonly message: string;
}

/**
 * Compares two descriptions of services, and lists the changes that break callers which have the old contracts. An empty list means
 * that the new server can replace the old one.
 *
 * - The new input must accept all that the old input accepted. The new output, and the data of an error, may only be what the old
 *   schema accepts.
 * - Callers send no property that their schema does not name, so a new optional property of the input breaks nothing. It does if the
 *   old schema has `additionalProperties`: then callers may send any.
 * - A new error code breaks nothing: old callers get a `RemoteError`. A removed code breaks nothing either.
 * - Another kind of method breaks callers, and so does `idempotent` if it was `true`: they retry and hedge.
 * - Another codec of the contract breaks callers, unless the old one was JSON. A description does not say which further `codecs` a server
 *   knows, so this is listed also if the old one is among them.
 * - `pattern` and `format` are compared as text, so any other one is listed.
 * - Keywords such as `not`, `if` and `patternProperties`, and unknown ones, are not interpreted. If one is new or differs, that is
 *   listed as a change that cannot be compared. So is a schema of more than 200 levels, or one that takes too many steps.
 * - Annotations such as `title`, `description` and `default` do not matter, nor do keywords that begin with `x-`.
 *
 * A change that is not listed is safe as far as the schemas tell. They do not tell what a handler does, nor what checks a schema library
 * cannot express as JSON Schema.
 *
 * @throws TypeError if an argument is not a description
 * @category Evolution
 * @example
 * ```ts
 * import { breakingChanges, contract, describe } from "@awaitmq/rpc";
 * import { z } from "zod";
 *
 * const old = z.object({ symbol: z.string() });
 * const changed = old.extend({ currency: z.string() });
 * const before = describe(contract("prices", { quote: { input: old } }));
 * const after = describe(contract("prices", { quote: { input: changed } }));
 *
 * const [change] = breakingChanges(before, after);
 * console.log(change?.path); // prices.quote input
 * console.log(change?.message.includes("required property")); // true
 * ```
 */
export function breakingChanges(before: Description, after: Description): BreakingChange[] {
  checkDescription("before", before);
  checkDescription("after", after);
  const contracts = new Map(after.contracts.map((contract) => [contract.name, contract]));
  return before.contracts.flatMap(({ name, codec, methods }) => {
    const contract = contracts.get(name);
    if (contract === undefined) return [{ path: name, message: `The contract ${name} was removed` }];
    const left = new Map(contract.methods.map((method) => [method.name, method]));
    const changes = methods.flatMap((method) => methodChanges(`${name}.${method.name}`, method, left.get(method.name)));
    return [...codecChanges(name, codec, contract.codec), ...changes];
  });
}

/** Every server reads JSON, so callers that use it need nothing else. */
function codecChanges(path: string, before: string | undefined, after = "JSON"): BreakingChange[] {
  if (before === undefined || before === after) return [];
  const advice = `Old callers still use ${before}: keep it in \`codecs\` of implement`;
  return [{ path, message: `The codec was ${before}, and is now ${after}. ${advice}` }];
}

function methodChanges(
  path: string,
  before: MethodDescription,
  after: MethodDescription | undefined,
): BreakingChange[] {
  if (after === undefined) return [{ path, message: `The method ${path} was removed` }];
  if (before.kind !== after.kind) return [{ path, message: `The method was ${before.kind}, and is now ${after.kind}` }];
  const isInputStream = before.kind === "client-streaming" || before.kind === "bidi-streaming";
  const isOutputStream = before.kind === "server-streaming" || before.kind === "bidi-streaming";
  const changes = [
    ...schemaChange(before.input, after.input, {
      role: "sent",
      path: `${path} input`,
      label: "input",
      title: isInputStream ? "An item of the input" : "The input",
    }),
    ...schemaChange(before.output, after.output, {
      role: "received",
      path: `${path} output`,
      label: "output",
      title: isOutputStream ? "An item of the output" : "The output",
    }),
    ...errorChanges(path, before, after),
  ];
  if (before.idempotent && !after.idempotent)
    changes.unshift({ path, message: "The method is no longer idempotent, but old clients still retry and hedge" });
  return changes;
}

function errorChanges(path: string, before: MethodDescription, after: MethodDescription): BreakingChange[] {
  return Object.entries(before.errors).flatMap(([code, schema]) => {
    const next = own(after.errors, code) as JsonSchema | null | undefined;
    if (next === undefined) return [];
    return schemaChange(schema ?? undefined, next ?? undefined, {
      role: "received",
      path: `${path} error ${code}`,
      label: `error ${code}`,
      title: `The data of the error ${code}`,
    });
  });
}
