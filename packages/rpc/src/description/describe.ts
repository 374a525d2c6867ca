/** Describes contracts as data. */

import { type AnyContract, detailsOfContract } from "../contract/contract.ts";
import type { Method } from "../contract/method.ts";
import type { Schema } from "../contract/schema.ts";
import { isStream, type Stream } from "../contract/stream.ts";
import type { Description, JsonSchema, MethodDescription } from "./description.ts";

/**
 * Describes contracts: their methods, and JSON Schemas of what travels, where the schema library gives them (Standard JSON
 * Schema: zod 4.2+, arktype 2.1.28+, valibot with `@valibot/to-json-schema`).
 *
 * The schemas describe values on the wire, before the receiver's schema transforms them. A server gives the same to
 * callers of `awaitmq.describe`.
 *
 * @category Description
 * @param contracts in the order in which they are described
 * @throws TypeError for something that is not a contract
 * @example
 * ```ts
 * import { contract, describe } from "@awaitmq/rpc";
 * import { z } from "zod";
 *
 * const greeter = contract("greeter", {
 *   greet: { input: z.string(), output: z.string() },
 * });
 * const [described] = describe(greeter).contracts;
 * const input = JSON.stringify(described?.methods[0]?.input);
 * console.log(input.includes("string")); // true
 * ```
 */
export function describe(...contracts: readonly AnyContract[]): Description {
  return {
    version: 1,
    contracts: contracts.map((contract) => {
      const { name, methods, codec } = detailsOfContract("describe", contract);
      return {
        name,
        ...(codec !== undefined && { codec: codec.name }),
        methods: Object.values(methods).map(describeMethod),
      };
    }),
  };
}

function describeMethod({ name, kind, idempotent, definition }: Method): MethodDescription {
  const { description, errors = {} } = definition;
  const input = schemaOf(definition.input);
  const output = schemaOf(definition.output);
  return {
    name,
    kind,
    ...(description !== undefined && { description }),
    idempotent,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    errors: Object.fromEntries(Object.entries(errors).map(([code, schema]) => [code, schemaOf(schema) ?? null])),
  };
}

/** Standard JSON Schema, as far as it is needed here. https://standardschema.dev/json-schema */
interface WithJsonSchema {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => JsonSchema };
}

/** The JSON Schema of what travels. Undefined if the library gives none, or this schema has none. */
function schemaOf(part: Schema | Stream | undefined): JsonSchema | undefined {
  if (part === undefined) return undefined;
  const standard = (isStream(part) ? part["~stream"] : part)["~standard"] as WithJsonSchema;
  try {
    return standard.jsonSchema?.input?.({ target: "draft-2020-12" });
  } catch {
    // Not all types have a JSON Schema: dates and bytes, for example.
    return undefined;
  }
}
