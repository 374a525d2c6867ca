/**
 * What a worker thread sends to another thread of its process. zeromq shares the memory of frames above 128 bytes and calls
 * back into the thread that sent them when they are let go, which over `inproc://` can be long after a worker's end.
 * Strings it copies into memory of libzmq's own: so bytes that are text are handed over as strings.
 */

import { isUtf8 } from "node:buffer";
import { asBuffer } from "./bytes.ts";
import type { NativeFrame } from "./message.ts";

/** Bytes up to which zeromq copies a frame. */
const longestCopied = 128;

/** Gives frames that would be shared, and are text, as strings. `isInproc` is asked only when there is something to share. */
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
