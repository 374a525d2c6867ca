/** Refuses what is not a description, before anything is compared. */

import type { Description } from "../description/description.ts";
import { isObject, isSchema } from "./schemas.ts";
import { preview } from "./values.ts";

const kinds = ["unary", "server-streaming", "client-streaming", "bidi-streaming"];

/**
 * @param name the argument: `before` or `after`
 * @throws TypeError
 */
export function checkDescription(name: string, value: unknown): asserts value is Description {
  const check = (isRight: boolean, where: string, needed: string, found: unknown): void => {
    if (isRight) return;
    const place = where === "" ? "" : `${where} `;
    throw new TypeError(
      `${name} is not a description of services: ${place}must be ${needed}, got ${preview(found, 1)}`,
    );
  };
  const list = (where: string, found: unknown, checkEach: (each: Record<string, unknown>, where: string) => void) => {
    check(Array.isArray(found), where, "an array", found);
    const names = new Set<unknown>();
    for (const [index, each] of (found as unknown[]).entries()) {
      const at = `${where}[${index}]`;
      check(isObject(each), at, "an object", each);
      const one = each as Record<string, unknown>;
      check(typeof one.name === "string", `${at}.name`, "a string", one.name);
      check(!names.has(one.name), `${at}.name`, "unique", one.name);
      names.add(one.name);
      checkEach(one, at);
    }
  };
  const checkMethod = (method: Record<string, unknown>, at: string) => {
    check(kinds.includes(method.kind as string), `${at}.kind`, `one of ${kinds.join(", ")}`, method.kind);
    check(typeof method.idempotent === "boolean", `${at}.idempotent`, "a boolean", method.idempotent);
    for (const side of ["input", "output"])
      check(method[side] === undefined || isSchema(method[side]), `${at}.${side}`, "a JSON Schema", method[side]);
    check(isObject(method.errors), `${at}.errors`, "an object", method.errors);
    for (const [code, schema] of Object.entries(method.errors as object))
      check(schema === null || isSchema(schema), `${at}.errors.${code}`, "a JSON Schema or null", schema);
  };

  check(isObject(value), "", "an object", value);
  const { version, contracts } = value as Record<string, unknown>;
  check(version === 1, "version", "1", version);
  list("contracts", contracts, ({ codec, methods }, at) => {
    check(codec === undefined || typeof codec === "string", `${at}.codec`, "a string", codec);
    list(`${at}.methods`, methods, checkMethod);
  });
}
