/** The body of a reply that tells of an error: one frame of JSON, `{ name, message, code?, stack? }`. */

import { EnvelopeError, OverloadedError, RemoteError, UnavailableError } from "../errors.ts";

export function encodeError(error: unknown, exposeStack: boolean): string {
  try {
    return encode(error instanceof Error ? error : new Error(String(error)), exposeStack);
  } catch {
    // A getter or a conversion of it throws.
    return encode(new Error("The handler threw something that can't be put into words"), false);
  }
}

function encode({ name, message, code, stack }: NodeJS.ErrnoException, exposeStack: boolean): string {
  return JSON.stringify({
    name: String(name),
    message: String(message),
    ...(code !== undefined && { code: String(code) }),
    ...(exposeStack && { stack: String(stack) }),
  });
}

/**
 * The error that the client rejects with. Whether the server `refused` the request stands in the header: an error of a handler is
 * never taken for a refusal, whatever its code.
 */
export function decodeError(
  body: Buffer | undefined,
  refused: boolean,
): RemoteError | OverloadedError | UnavailableError | EnvelopeError {
  let told: Partial<Record<"name" | "message" | "code" | "stack", unknown>> | null = null;
  try {
    told = JSON.parse(body?.toString() ?? "");
  } catch (cause) {
    return new EnvelopeError("Cannot read the error that the server answered with", { cause });
  }
  const name = text(told?.name) ?? "Error";
  const message = text(told?.message) ?? "";
  const code = text(told?.code);
  const stack = text(told?.stack);
  if (refused && code === "ERR_OVERLOADED") return new OverloadedError(message);
  if (refused && code === "ERR_UNAVAILABLE") return new UnavailableError(message);
  if (refused && code === "ERR_ENVELOPE") return new EnvelopeError(message);
  return new RemoteError({ name, message, ...(code !== undefined && { code }), ...(stack !== undefined && { stack }) });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
