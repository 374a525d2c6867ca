/** Callbacks that are told of something, and change nothing. */

import { inspect } from "node:util";

/** Calls one, where there is one. What it throws, or rejects with, is a process warning with the code `AWAITMQ_CALLBACK`. */
export function tell<Given extends readonly unknown[]>(
  name: string,
  callback: ((...given: Given) => unknown) | undefined,
  ...given: Given
): void {
  if (callback !== undefined) void call(name, callback, given);
}

async function call<Given extends readonly unknown[]>(
  name: string,
  callback: (...given: Given) => unknown,
  given: Given,
): Promise<void> {
  try {
    await callback(...given);
  } catch (thrown) {
    process.emitWarning(`${name} threw: ${inspect(thrown)}`, { type: "awaitmq", code: "AWAITMQ_CALLBACK" });
  }
}
