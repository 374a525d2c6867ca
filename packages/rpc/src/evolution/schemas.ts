/** Reads JSON Schemas: own keywords only, as keys such as `__proto__` may be the names of properties. */

import type { JsonSchema } from "../description/description.ts";

/** A schema that has keywords. */
export type SchemaObject = Exclude<JsonSchema, boolean>;

/** What the value of a keyword looks like. */
export type Shape =
  | "boolean"
  | "count"
  | "data"
  | "list"
  | "map"
  | "number"
  | "schema"
  | "schemas"
  | "string"
  | "strings"
  | "types";

/** The keywords that have a meaning, with the shape of their values. Those that {@link isUnjudged} names are only compared as a whole. */
const shapes = new Map<string, Shape>([
  ...named("count", "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains"),
  ...named("number", "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"),
  ...named("string", "pattern format contentEncoding contentMediaType $ref"),
  ...named("boolean", "uniqueItems nullable"),
  ...named("schemas", "allOf anyOf oneOf prefixItems"),
  ...named("map", "properties patternProperties dependentSchemas"),
  ...named("schema", "items additionalItems additionalProperties propertyNames contains not if then else"),
  ...named("schema", "unevaluatedItems unevaluatedProperties contentSchema"),
  ["type", "types"],
  ["required", "strings"],
  ["enum", "list"],
  ["const", "data"],
  ["dependentRequired", "data"],
]);

/** Keywords that say nothing about which values are valid. */
const annotations = new Set(
  ["title description default examples example deprecated readOnly writeOnly"]
    .concat("$schema $id $comment $anchor $vocabulary $defs definitions")
    .flatMap((names) => names.split(" ")),
);

const unjudged = new Set(
  ["not if then else contains minContains maxContains patternProperties dependentSchemas dependentRequired"]
    .concat("unevaluatedItems unevaluatedProperties contentSchema $ref")
    .flatMap((names) => names.split(" ")),
);

const typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"];

function named(shape: Shape, names: string): [string, Shape][] {
  return names.split(" ").map((name) => [name, shape]);
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "boolean" || isObject(value);
}

/** An own property, or `undefined`. */
export function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || keyword.startsWith("x-");
}

/** The shape of a keyword's value, or `"data"` if the keyword is unknown or its value is malformed. */
export function shapeOf(keyword: string, value: unknown): Shape {
  const shape = shapes.get(keyword);
  return shape !== undefined && isShaped(shape, value) ? shape : "data";
}

/** Whether a keyword can only be compared as a whole: it needs a solver, is unknown, or its value is malformed. */
export function isUnjudged(keyword: string, value: unknown): boolean {
  if (isAnnotation(keyword)) return false;
  const shape = shapes.get(keyword);
  if (shape === undefined || unjudged.has(keyword)) return true;
  if (keyword === "items" && isSchemas(value)) return false;
  return !isShaped(shape, value) || (keyword === "multipleOf" && !((value as number) > 0));
}

function isShaped(shape: Shape, value: unknown): boolean {
  switch (shape) {
    case "boolean":
    case "string":
      return typeof value === shape;
    case "number":
      return Number.isFinite(value);
    case "count":
      return Number.isInteger(value) && (value as number) >= 0;
    case "schema":
      return isSchema(value);
    case "schemas":
      return isSchemas(value);
    case "map":
      return isObject(value) && Object.values(value).every(isSchema);
    case "strings":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
    case "types":
      return (Array.isArray(value) ? value : [value]).every((each) => typeNames.includes(each));
    case "list":
      return Array.isArray(value);
    case "data":
      return true;
  }
}

function isSchemas(value: unknown): value is readonly JsonSchema[] {
  return Array.isArray(value) && value.every(isSchema);
}

/** The value of a keyword that is there and well-formed. */
function read(schema: SchemaObject, keyword: string): unknown {
  const value = own(schema, keyword);
  return value !== undefined && isShaped(shapes.get(keyword) ?? "data", value) ? value : undefined;
}

export function numberOf(schema: SchemaObject, keyword: string): number | undefined {
  return read(schema, keyword) as number | undefined;
}

export function stringOf(schema: SchemaObject, keyword: string): string | undefined {
  return read(schema, keyword) as string | undefined;
}

export function stringsOf(schema: SchemaObject, keyword: string): readonly string[] {
  return (read(schema, keyword) ?? []) as readonly string[];
}

/** The types that a schema names, or `undefined` if it names none. */
export function typeNamesOf(schema: SchemaObject): readonly string[] | undefined {
  const names = read(schema, "type");
  return names === undefined ? undefined : ([names].flat() as string[]);
}

export function schemaOf(schema: SchemaObject, keyword: string): JsonSchema | undefined {
  return read(schema, keyword) as JsonSchema | undefined;
}

export function schemasOf(schema: SchemaObject, keyword: string): readonly JsonSchema[] | undefined {
  return read(schema, keyword) as readonly JsonSchema[] | undefined;
}

export function mapOf(schema: SchemaObject, keyword: string): { readonly [name: string]: JsonSchema } {
  return (read(schema, keyword) ?? {}) as { readonly [name: string]: JsonSchema };
}

/** The schemas of the first items, and of the others. Reads the older form too, where `items` is an array. */
export function itemsOf(schema: SchemaObject): { readonly first: readonly JsonSchema[]; readonly others: JsonSchema } {
  const items = own(schema, "items");
  if (isSchemas(items)) return { first: items, others: schemaOf(schema, "additionalItems") ?? true };
  return { first: schemasOf(schema, "prefixItems") ?? [], others: schemaOf(schema, "items") ?? true };
}
