/** A validator of the keywords that random schemas have. It follows the definitions of the keywords, one by one. */

import { isDeepStrictEqual } from "node:util";
import type { JsonSchema } from "@awaitmq/rpc";

/** Whether a value is what a keyword demands. Some keywords also read others of their schema. */
type Rule = (value: unknown, demand: unknown, schema: Record<string, unknown>) => boolean;
type Items = readonly unknown[];
type Properties = Record<string, unknown>;
type Schemas = readonly JsonSchema[];
type Map = Record<string, JsonSchema>;

const ofNumbers =
  (rule: (value: number, demand: number) => boolean): Rule =>
  (value, demand) =>
    typeof value !== "number" || rule(value, demand as number);

const ofStrings =
  (rule: (value: string, demand: never) => boolean): Rule =>
  (value, demand) =>
    typeof value !== "string" || rule(value, demand as never);

const ofArrays =
  (rule: (value: Items, demand: never, schema: Record<string, unknown>) => boolean): Rule =>
  (value, demand, schema) =>
    !Array.isArray(value) || rule(value, demand as never, schema);

const ofObjects =
  (rule: (value: Properties, demand: never, schema: Record<string, unknown>) => boolean): Rule =>
  (value, demand, schema) =>
    !isObject(value) || rule(value, demand as never, schema);

const rules = new Map<string, Rule>(
  Object.entries<Rule>({
    type: (value, demand) => [demand].flat().some((name) => isOfType(value, name)),
    enum: (value, demand) => (demand as Items).some((each) => isDeepStrictEqual(each, value)),
    const: (value, demand) => isDeepStrictEqual(demand, value),
    minimum: ofNumbers((value, demand) => value >= demand),
    maximum: ofNumbers((value, demand) => value <= demand),
    exclusiveMinimum: ofNumbers((value, demand) => value > demand),
    exclusiveMaximum: ofNumbers((value, demand) => value < demand),
    multipleOf: ofNumbers((value, demand) => Number.isInteger(value / demand)),
    minLength: ofStrings((value, demand: number) => value.length >= demand),
    maxLength: ofStrings((value, demand: number) => value.length <= demand),
    pattern: ofStrings((value, demand: string) => new RegExp(demand).test(value)),
    minItems: ofArrays((value, demand: number) => value.length >= demand),
    maxItems: ofArrays((value, demand: number) => value.length <= demand),
    uniqueItems: ofArrays(
      (value, demand: boolean) => !demand || value.every((each, index) => isFirst(value, each, index)),
    ),
    prefixItems: ofArrays((value, demand: Schemas) =>
      demand.every((each, index) => index >= value.length || isValid(value[index], each)),
    ),
    items: ofArrays((value, demand: JsonSchema, { prefixItems }) =>
      value.slice((prefixItems as Schemas | undefined)?.length ?? 0).every((each) => isValid(each, demand)),
    ),
    contains: ofArrays((value, demand: JsonSchema, { minContains = 1 }) => {
      return value.filter((each) => isValid(each, demand)).length >= (minContains as number);
    }),
    required: ofObjects((value, demand: readonly string[]) => demand.every((name) => Object.hasOwn(value, name))),
    minProperties: ofObjects((value, demand: number) => Object.keys(value).length >= demand),
    maxProperties: ofObjects((value, demand: number) => Object.keys(value).length <= demand),
    propertyNames: ofObjects((value, demand: JsonSchema) => Object.keys(value).every((name) => isValid(name, demand))),
    properties: ofObjects((value, demand: Map) =>
      Object.entries(demand).every(([name, schema]) => !Object.hasOwn(value, name) || isValid(value[name], schema)),
    ),
    patternProperties: ofObjects((value, demand: Map) =>
      Object.entries(demand).every(([pattern, schema]) =>
        Object.entries(value).every(([name, each]) => !new RegExp(pattern).test(name) || isValid(each, schema)),
      ),
    ),
    additionalProperties: ofObjects((value, demand: JsonSchema, { properties = {}, patternProperties = {} }) =>
      Object.entries(value)
        .filter(([name]) => !Object.hasOwn(properties as Map, name))
        .filter(([name]) => !Object.keys(patternProperties as Map).some((pattern) => new RegExp(pattern).test(name)))
        .every(([, each]) => isValid(each, demand)),
    ),
    allOf: (value, demand) => (demand as Schemas).every((each) => isValid(value, each)),
    anyOf: (value, demand) => (demand as Schemas).some((each) => isValid(value, each)),
    oneOf: (value, demand) => (demand as Schemas).filter((each) => isValid(value, each)).length === 1,
    not: (value, demand) => !isValid(value, demand as JsonSchema),
    if: (value, demand, schema) => {
      const branch = schema[isValid(value, demand as JsonSchema) ? "then" : "else"] as JsonSchema | undefined;
      return branch === undefined || isValid(value, branch);
    },
  }),
);

/** Those that other keywords read. */
const readByOthers = ["then", "else", "minContains"];

export function isValid(value: unknown, schema: JsonSchema): boolean {
  if (typeof schema === "boolean") return schema;
  return Object.entries(schema).every(([keyword, demand]) => {
    const rule = rules.get(keyword);
    if (rule !== undefined) return rule(value, demand, schema);
    if (readByOthers.includes(keyword)) return true;
    throw new Error(`No rule for ${keyword}`);
  });
}

function isFirst(values: Items, value: unknown, index: number): boolean {
  return values.findIndex((each) => isDeepStrictEqual(each, value)) === index;
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, name: unknown): boolean {
  if (name === "null") return value === null;
  if (name === "array") return Array.isArray(value);
  if (name === "object") return isObject(value);
  return name === "integer" ? Number.isInteger(value) : typeof value === name;
}
