/** Descriptions with one method, `prices.quote`, for tests of its parts. */

import { breakingChanges, type Description, type JsonSchema, type MethodDescription } from "@awaitmq/rpc";

/** What zod, arktype, and valibot with its companion make. */
interface Describable {
  readonly "~standard": {
    readonly jsonSchema: { input(options: { target: "draft-2020-12" }): Record<string, unknown> };
  };
}

/** The JSON Schema of a schema, as it comes over the wire. */
export function of(schema: Describable): JsonSchema {
  return JSON.parse(JSON.stringify(schema["~standard"].jsonSchema.input({ target: "draft-2020-12" })));
}

export function describing(method: Partial<MethodDescription> = {}): Description {
  const quote: MethodDescription = { name: "quote", kind: "unary", idempotent: false, errors: {}, ...method };
  return { version: 1, contracts: [{ name: "prices", methods: [quote] }] };
}

/** What breaks callers that send values of a schema, as `path: message`. */
export function inputChanges(before: JsonSchema, after: JsonSchema): string[] {
  return sentences(describing({ input: before }), describing({ input: after }));
}

/** What breaks callers that receive values of a schema. */
export function outputChanges(before: JsonSchema, after: JsonSchema): string[] {
  return sentences(describing({ output: before }), describing({ output: after }));
}

export function sentences(before: Description, after: Description): string[] {
  return breakingChanges(before, after).map(({ path, message }) => `${path}: ${message}`);
}
