/** Copies of what a program sends, for messages that leave later than the call that sent them. */

import type { Frame } from "@awaitmq/core";

/**
 * Frames that are independent of the caller's memory. What is no frame is left for the socket to refuse.
 *
 * @throws TypeError for an empty array
 */
export function ownFrames(message: unknown): Frame[] {
  if (!Array.isArray(message)) return [own(message)];
  if (message.length === 0)
    throw new TypeError("Cannot send []: a message has at least one frame; use null for an empty one");
  return message.map(own);
}

function own(frame: unknown): Frame {
  if (frame instanceof Uint8Array) return Buffer.from(frame);
  if (ArrayBuffer.isView(frame)) return Buffer.from(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  return frame instanceof ArrayBuffer ? Buffer.from(new Uint8Array(frame)) : (frame as Frame);
}
