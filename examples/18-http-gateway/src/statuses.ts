/** The HTTP status of each failure. The body has its code and data, and never its message: that may name hosts and files. */

import { MessagingError } from "@awaitmq/core";
import { SchemaError } from "@awaitmq/patterns";
import { type ErrorsOf, Failure } from "@awaitmq/rpc";
import type { parcels } from "./contract.ts";

type Code = keyof ErrorsOf<typeof parcels.track> | keyof ErrorsOf<typeof parcels.send>;

/** Without a status for a code of the contract, this does not compile. */
const failures: Readonly<Record<Code, number>> = {
  NO_SUCH_PARCEL: 404,
  TOO_HEAVY: 422,
};

const others: { readonly [code in MessagingError["code"]]?: number } = {
  ERR_TIMEOUT: 504, // no reply in time
  ERR_UNAVAILABLE: 503, // the service is shutting down, or not connected
  ERR_OVERLOADED: 503,
  ERR_QUEUE_FULL: 503,
  ERR_CLOSED: 503, // the gateway is shutting down
  ERR_DISCONNECTED: 502, // the service died before it answered
  ERR_HANDSHAKE: 502, // the gateway has the wrong key
  ERR_UNIMPLEMENTED: 502, // the service is older than the contract
};

export function answerTo(error: unknown): { readonly status: number; readonly body: object } | undefined {
  if (error instanceof Failure) {
    const { code, data } = error as Failure<Code>;
    return { status: failures[code], body: { code, data } };
  }
  if (error instanceof SchemaError) {
    const { code, issues, side } = error;
    // An output that breaks the contract is a fault of the service.
    return side === "input" ? { status: 400, body: { code, issues } } : { status: 502, body: { code } };
  }
  if (!(error instanceof MessagingError)) return undefined;
  return { status: others[error.code] ?? 500, body: { code: error.code } };
}
