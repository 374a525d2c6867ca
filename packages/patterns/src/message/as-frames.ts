/** A message as an array of frames, so that frames can be put before it. */

import type { Frame, Sendable } from "@awaitmq/core";

/** @throws TypeError for an array without frames: with an envelope before it, it would still be sent */
export function asFrames(message: Sendable): readonly Frame[] {
  if (!Array.isArray(message)) return [message as Frame];
  if (message.length === 0) throw new TypeError("A message has at least one frame, got an empty array");
  return message;
}
