/**
 * Frames that a worker thread sends to another thread of its process. zeromq shares the memory of frames above 128 bytes. When they are released, it
 * calls back into the sending thread, which over `inproc://` may have exited long before. It copies strings into libzmq's own memory. So
 * bytes that are text are handed over as strings.
 */

import { isUtf8 } from "node:buffer";
import { asBuffer } from "./bytes.ts";
import type { NativeFrame } from "./message.ts";

/** The largest frame that zeromq copies, in bytes. */
const longestCopied = 128;

/** Converts frames that would be shared, and are text, to strings. `isInproc` is only called if a frame would be shared. */
export function asText(frames: NativeFrame | NativeFrame[], isInproc: () => boolean): NativeFrame | NativeFrame[] {
  if (Array.isArray(frames)) return frames.some(isShared) && isInproc() ? frames.map(toText) : frames;
  return isShared(frames) && isInproc() ? toText(frames) : frames;
}

function isShared(frame: NativeFrame): frame is Uint8Array | ArrayBuffer {
  return frame !== null && typeof frame === "object" && frame.byteLength > longestCopied;
}

function toText(frame: NativeFrame): NativeFrame {
  return isShared(frame) && isUtf8(frame) ? asBuffer(frame).toString() : frame;
}
