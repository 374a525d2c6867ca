/** A schema that never has a result, and counts the values that it is given. */

import type { Schema } from "../src/index.ts";

export function endlessSchema() {
  let checking = 0;
  const validate = () =>
    new Promise<never>(() => {
      checking += 1;
    });
  const schema: Schema<unknown, never> = { "~standard": { version: 1, vendor: "test", validate } };
  return {
    schema,
    get checking() {
      return checking;
    },
  };
}
