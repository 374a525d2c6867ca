/** The routing id of a message that begins with one. */

import type { Frames } from "../kinds/send-rules.ts";
import { asBuffer } from "../message/bytes.ts";
import type { NativeFrame } from "../message/message.ts";

/** The bytes of the first frame. */
export function firstFrame(frames: Frames): Buffer {
  const frame: NativeFrame | undefined = Array.isArray(frames) ? frames[0] : frames;
  if (Buffer.isBuffer(frame)) return frame;
  if (typeof frame === "string") return Buffer.from(frame);
  if (frame === null || frame === undefined) return Buffer.alloc(0);
  return asBuffer(frame);
}
