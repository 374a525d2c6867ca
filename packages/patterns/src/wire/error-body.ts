/** The body of an error reply: a frame of JSON, `{ name, message, code?, stack?, id? }`, and the details of the error. */

import { type Frame, type MessagingError, TimeoutError, UnsupportedError } from "@awaitmq/core";
import { DisconnectedError, EnvelopeError, OverloadedError, RemoteError, UnavailableError } from "../errors.ts";
import { errorFlags } from "./envelope.ts";
import { detailsOf, withReceived } from "./error-details.ts";

/** How much of an error a server sends to its clients. */
export type Exposure = "none" | "message" | "stack";

/** How an error is sent: how much of it, its id at the server, and the flags of its header. */
export interface Telling {
  readonly exposure: Exposure;
  readonly id?: string;
  /** If any is set, the name and code are the server's own, and the client acts on them. */
  readonly flags: number;
}

export function encodeError(error: unknown, telling: Telling): readonly Frame[] {
  const details = detailsOf(error, telling.exposure === "none");
  const body = encodeWhole(error, telling);
  return details === undefined ? [body] : [body, ...details];
}

function encodeWhole(error: unknown, telling: Telling): string {
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

function encode(error: NodeJS.ErrnoException, { exposure, id, flags }: Telling): string {
  const { name, message, code, stack } = error;
  const isOwn = flags !== 0;
  // What a call cannot do is no secret, and the client needs to know.
  if (exposure === "none" && !(isOwn && error instanceof UnsupportedError))
    return JSON.stringify({
      name: isOwn ? name : "RemoteError",
      message: `The server ${isOwn ? "refused" : "failed to answer"} this request. Its onError got the reason, with the id ${id}`,
      code: isOwn ? code : "ERR_REMOTE",
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

/** Errors that a server sends as its own. */
const own = {
  ERR_DISCONNECTED: DisconnectedError,
  ERR_ENVELOPE: EnvelopeError,
  ERR_OVERLOADED: OverloadedError,
  ERR_TIMEOUT: TimeoutError,
  ERR_UNAVAILABLE: UnavailableError,
  ERR_UNSUPPORTED: UnsupportedError,
} as const;

/**
 * Returns the error that the client rejects with. Only the flags of the header say whether the server refused the
 * request, or ended it itself: an error of a handler is never taken for one of these, whatever its code.
 */
export function decodeError([body, ...details]: readonly Buffer[], flags: number): MessagingError {
  let told: Partial<Record<"name" | "message" | "code" | "stack" | "id", unknown>> | null = null;
  try {
    told = JSON.parse(body?.toString() ?? "");
  } catch (cause) {
    return new EnvelopeError("Cannot read the error in the server's reply", { cause });
  }
  const name = text(told?.name) ?? "Error";
  const message = text(told?.message) ?? "";
  const code = text(told?.code);
  if ((flags & (errorFlags.refused | errorFlags.own)) !== 0 && code !== undefined && Object.hasOwn(own, code))
    return new own[code as keyof typeof own](message);
  const error = new RemoteError({ name, message, code, stack: text(told?.stack), id: text(told?.id) });
  return details.length === 0 ? error : withReceived(error, details);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
