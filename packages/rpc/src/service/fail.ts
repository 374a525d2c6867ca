/** The function with which handlers make failures. */

import { applySchema } from "@awaitmq/patterns/internals";
import type { Method } from "../contract/method.ts";
import { Failure } from "../errors.ts";
import { checkNow } from "../wire/errors.ts";
import type { Fail } from "./handlers.ts";

export function failOf({ path, definition }: Method): Fail<Method> {
  const { errors = {} } = definition;
  return (code: string, data?: unknown, message?: string) => {
    const schema = Object.hasOwn(errors, code) ? errors[code] : undefined;
    if (schema === undefined) {
      const declared = Object.keys(errors).join(", ") || "none";
      throw new TypeError(`${path} cannot fail with ${code}: the errors that its contract declares are: ${declared}`);
    }
    const where = `as the data of ${code} of ${path}`;
    checkNow(applySchema(schema, data, where), where);
    return new Failure(path, code, data, message) as never;
  };
}
