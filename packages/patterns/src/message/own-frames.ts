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
  const frames = toFrames(message, true);
  return Array.isArray(frames) ? frames : [frames];
}
