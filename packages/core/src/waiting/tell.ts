/** Calls to callbacks of a program. A callback that throws or rejects causes only a process warning, with the code `AWAITMQ_CALLBACK`. */

import { inspect } from "node:util";

type Callback<Given extends readonly unknown[], Answer> = (...given: Given) => Answer;

/** Calls a callback, if there is one, and ignores its result. */
export function tell<Given extends readonly unknown[]>(
  name: string,
  callback: Callback<Given, unknown> | undefined,
  ...given: Given
): void {
  if (callback !== undefined) void ask(name, callback, undefined, ...given);
}

/** Calls a callback, and returns its result, or `otherwise` if it fails. */
export async function ask<Given extends readonly unknown[], Answer>(
  name: string,
  callback: Callback<Given, Answer | Promise<Answer>>,
  otherwise: Answer,
  ...given: Given
): Promise<Answer> {
  try {
    return await callback(...given);
  } catch (thrown) {
    process.emitWarning(`${name} threw: ${inspect(thrown)}`, { type: "awaitmq", code: "AWAITMQ_CALLBACK" });
    return otherwise;
  }
}
