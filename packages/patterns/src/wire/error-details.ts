/** Frames that an error brings along, for callers that understand them. */

import type { Frame } from "@awaitmq/core";

interface Details {
  readonly frames: readonly Frame[];
  readonly isPublic: boolean;
}

const details = new WeakMap<object, Details>();
const received = new WeakMap<object, readonly Buffer[]>();

/**
 * Returns the error, with frames for the caller.
 *
 * @param isPublic whether callers get them although the server hides its errors, and plain clients get them as their reply
 */
export function withDetails<E extends object>(error: E, frames: readonly Frame[], isPublic: boolean): E {
  details.set(error, { frames, isPublic });
  return error;
}

/** @param isPublic whether only public ones are wanted */
export function detailsOf(error: unknown, isPublic: boolean): readonly Frame[] | undefined {
  const found = typeof error === "object" && error !== null ? details.get(error) : undefined;
  return found === undefined || (isPublic && !found.isPublic) ? undefined : found.frames;
}

/**
 * Returns an error that came from a server, with its frames. They are for the caller alone: a handler that throws the error
 * on does not send them, as they say what became of another call.
 */
export function withReceived<E extends object>(error: E, frames: readonly Buffer[]): E {
  received.set(error, frames);
  return error;
}

/** The frames that came with an error. */
export function receivedWith(error: unknown): readonly Buffer[] | undefined {
  return typeof error === "object" && error !== null ? received.get(error) : undefined;
}
