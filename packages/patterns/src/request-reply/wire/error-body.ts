/** The body of an error reply: one frame of JSON, `{ name, message, code?, stack?, id? }`. */

import { EnvelopeError, OverloadedError, RemoteError, UnavailableError } from "../../errors.ts";

/** How much of an error a server sends to its clients. */
export type Exposure = "none" | "message" | "stack";

/** How an error is sent: how much of it, its id at the server, and whether it is a refusal. */
export interface Telling {
  readonly exposure: Exposure;
  readonly id?: string;
  /** If true, the name and code are the server's own, and the client acts on them. */
  readonly refused: boolean;
}

export function encodeError(error: unknown, telling: Telling): string {
  try {
    return encode(error instanceof Error ? error : new Error(String(error)), telling);
  } catch {
    // A getter of it throws, or its conversion to a string.
    return encode(new Error("The handler threw something that cannot be turned into a string"), {
      ...telling,
      exposure: telling.exposure === "none" ? "none" : "message",
    });
  }
}

function encode({ name, message, code, stack }: NodeJS.ErrnoException, { exposure, id, refused }: Telling): string {
  if (exposure === "none")
    return JSON.stringify({
      name: refused ? name : "RemoteError",
      message: `The server ${refused ? "refused" : "failed to answer"} this request. Its onError got the reason, with the id ${id}`,
      code: refused ? code : "ERR_REMOTE",
      id,
    });
  return JSON.stringify({
    name: String(name),
    message: String(message),
    ...(code !== undefined && { code: String(code) }),
    ...(exposure === "stack" && { stack: String(stack) }),
    id,
  });
}

/**
 * Returns the error that the client rejects with. Only the header says whether the server `refused` the request: an
 * error of a handler is never taken for a refusal, whatever its code.
 */
export function decodeError(
  body: Buffer | undefined,
  refused: boolean,
): RemoteError | OverloadedError | UnavailableError | EnvelopeError {
  let told: Partial<Record<"name" | "message" | "code" | "stack" | "id", unknown>> | null = null;
  try {
    told = JSON.parse(body?.toString() ?? "");
  } catch (cause) {
    return new EnvelopeError("Cannot read the error in the server's reply", { cause });
  }
  const name = text(told?.name) ?? "Error";
  const message = text(told?.message) ?? "";
  const code = text(told?.code);
  if (refused && code === "ERR_OVERLOADED") return new OverloadedError(message);
  if (refused && code === "ERR_UNAVAILABLE") return new UnavailableError(message);
  if (refused && code === "ERR_ENVELOPE") return new EnvelopeError(message);
  return new RemoteError({ name, message, code, stack: text(told?.stack), id: text(told?.id) });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
