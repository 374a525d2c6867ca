/** Copies of what a program sends, for messages that leave later than the call that sent them. */

import type { Frame, Sendable } from "@awaitmq/core";
import { toFrames } from "@awaitmq/core/internals";

/**
 * Frames that are independent of the caller's memory.
 *
 * @throws TypeError for what is no frame, and for an empty array
 */
export function ownFrames(message: Sendable): readonly Frame[] {
  const frames = toFrames(message, true);
  return Array.isArray(frames) ? frames : [frames];
}
