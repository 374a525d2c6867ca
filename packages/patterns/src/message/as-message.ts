/** Frames in the form in which they arrive. */

import type { Frame, Message } from "@awaitmq/core";
import { asBuffer } from "@awaitmq/core/internals";

/** @param frames one or more */
export function asMessage(frames: readonly Frame[]): Message {
  return frames.map((frame) => {
    if (frame === null) return Buffer.alloc(0);
    return typeof frame === "string" ? Buffer.from(frame) : asBuffer(frame);
  }) as Message;
}
