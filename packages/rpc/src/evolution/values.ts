/** Which types and values schemas leave: the schemas of a list hold at once. */

import { sameData } from "./same-meaning.ts";
import { isObject, numberOf, own, type SchemaObject, typeNamesOf } from "./schemas.ts";

/** The types of JSON Schema, with numbers as two that do not overlap. */
export type TypeName = "null" | "boolean" | "integer" | "fraction" | "string" | "array" | "object";

const allTypes: readonly TypeName[] = ["null", "boolean", "integer", "fraction", "string", "array", "object"];

/** The types that a value may have. */
export function typesOf(schemas: readonly SchemaObject[]): readonly TypeName[] {
  const values = valuesOf(schemas);
  if (values !== undefined) return [...new Set(values.map(typeOf))];
  return schemas.reduce<readonly TypeName[]>((left, schema) => left.filter(isOfTypeIn(schema)), allTypes);
}

function isOfTypeIn(schema: SchemaObject): (type: TypeName) => boolean {
  const names = typeNamesOf(schema);
  const step = numberOf(schema, "multipleOf") ?? 0;
  const isWhole = step > 0 && Number.isInteger(step);
  return (type) => {
    if (type === "fraction" && isWhole) return false;
    if (names === undefined || (type === "null" && own(schema, "nullable") === true)) return true;
    if (type === "fraction") return names.includes("number");
    return names.includes(type) || (type === "integer" && names.includes("number"));
  };
}

function typeOf(value: unknown): TypeName {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  return typeof value === "boolean" || typeof value === "string" ? (typeof value as "boolean" | "string") : "object";
}

/** The values that `enum` and `const` leave, or `undefined` if no schema has one of them. */
export function valuesOf(schemas: readonly SchemaObject[]): readonly unknown[] | undefined {
  if (!schemas.some((schema) => Object.hasOwn(schema, "const") || Object.hasOwn(schema, "enum"))) return undefined;
  let left: readonly unknown[] | undefined;
  for (const values of schemas.flatMap(listsOf))
    left = left === undefined ? values : left.filter((each) => includes(values, each));
  if (left === undefined) return undefined;
  const rules = schemas.map(isOfTypeIn);
  return left.filter((each) => rules.every((isRight) => isRight(typeOf(each))));
}

function listsOf(schema: SchemaObject): (readonly unknown[])[] {
  const listed = own(schema, "enum");
  return [...(Array.isArray(listed) ? [listed] : []), ...(Object.hasOwn(schema, "const") ? [[schema.const]] : [])];
}

export function includes(values: readonly unknown[], value: unknown): boolean {
  return values.includes(value) || (typeof value === "object" && values.some((each) => sameData(each, value)));
}

/** A schema that says with the usual keywords what is known of one value, and `const`, so that each keyword can be compared with it. */
export function factsOf(value: unknown): SchemaObject {
  if (typeof value === "number") return { const: value, minimum: value, maximum: value };
  if (typeof value === "string") {
    const { length } = Array.from(value);
    return { const: value, minLength: length, maxLength: length };
  }
  if (Array.isArray(value)) {
    const items = value.map((each) => ({ const: each }));
    return { const: value, prefixItems: items, items: false, minItems: items.length, uniqueItems: areDistinct(value) };
  }
  if (!isObject(value)) return { const: value };
  const properties = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, { const: each }]));
  return { const: value, properties, required: Object.keys(value), additionalProperties: false };
}

/** Not known of many, as each is compared with each. */
function areDistinct(values: readonly unknown[]): boolean {
  return values.length <= 100 && values.every((each, index) => !includes(values.slice(0, index), each));
}

/** JSON of a value, cut to what a sentence can hold. */
export function preview(value: unknown, depth = 3): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value !== "object" || value === null) return String(value);
  if (depth === 0) return Array.isArray(value) ? "[…]" : "{…}";
  const parts = Array.isArray(value)
    ? value.slice(0, 5).map((each) => preview(each, depth - 1))
    : Object.keys(value)
        .slice(0, 5)
        .map((key) => `${preview(key)}: ${preview(own(value, key), depth - 1)}`);
  if (Object.keys(value).length > 5) parts.push("…");
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
}
