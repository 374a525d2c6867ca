/** Frames that an error brings along. A caller gets them as they are, whatever else it may know of the error. */

import type { Frame } from "@awaitmq/core";

const details = new WeakMap<object, readonly Frame[]>();

/** Returns the error, with frames for the caller. */
export function withDetails<E extends object>(error: E, frames: readonly Frame[]): E {
  details.set(error, frames);
  return error;
}

export function detailsOf(error: unknown): readonly Frame[] | undefined {
  return typeof error === "object" && error !== null ? details.get(error) : undefined;
}
