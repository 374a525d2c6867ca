/** Callbacks of a program, which fail nothing: what one throws, or rejects with, is a process warning with the code `AWAITMQ_CALLBACK`. */

import { inspect } from "node:util";

type Callback<Given extends readonly unknown[], Answer> = (...given: Given) => Answer;

/** Calls one that is told of something and changes nothing, where there is one. */
export function tell<Given extends readonly unknown[]>(
  name: string,
  callback: Callback<Given, unknown> | undefined,
  ...given: Given
): void {
  if (callback !== undefined) void ask(name, callback, undefined, ...given);
}

/** What one answers; `otherwise` where it fails. */
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
