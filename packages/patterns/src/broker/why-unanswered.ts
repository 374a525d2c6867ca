/** Explains why no worker answers a request. */

import { peerName } from "@awaitmq/core/internals";
import { DisconnectedError, EnvelopeError, OverloadedError } from "../errors.ts";
import type { BalancedRequest } from "./protocol.ts";

/** Streams run, so the frontend is read although the queue is full. */
export function full(maxQueued: number): OverloadedError {
  return new OverloadedError(`This broker is full: ${maxQueued} requests wait for a worker (maxQueued)`);
}

export function openTwice(): EnvelopeError {
  return new EnvelopeError("Cannot open a stream: its client has one with the same correlation id");
}

export function lostTooOften({ message: [client] }: BalancedRequest, maxAttempts: number): DisconnectedError {
  return new DisconnectedError(
    `Cannot retry a request of ${peerName(client)}: ${maxAttempts} workers were lost while they held it (maxAttempts)`,
  );
}
