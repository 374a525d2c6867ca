/** Copies of outgoing messages, for those that leave after the call that sent them. */

import type { Frame, Sendable } from "@awaitmq/core";
import { toFrames } from "@awaitmq/core/internals";

/**
 * Frames that are independent of the caller's memory.
 *
 * @throws TypeError for something that is not a frame, and for an empty array
 */
export function ownFrames(message: Sendable): readonly Frame[] {
  if (typeof message === "string") return [message];
  const frames = framesOf(message);
  return Array.isArray(frames) ? frames : [frames];
}

function framesOf(message: Sendable): ReturnType<typeof toFrames> {
  try {
    return toFrames(message, true);
  } catch (error) {
    refuseGenerator(message);
    throw error;
  }
}

const generator =
  "Cannot send a generator. A handler that streams is an async generator: write `async function*` instead of `function*`";

/** @throws TypeError for a generator that is not async, which a handler returns by mistake */
export function refuseGenerator(value: unknown): void {
  if (Object.prototype.toString.call(value) === "[object Generator]") throw new TypeError(generator);
}
