/**
 * The memory of large messages. glibc gives what is freed at the top of its heap back to the system, and the system zeroes
 * it page by page when the next message needs it: for messages of 64 KiB that costs more than copying them does. Once a
 * program has freed a large block, glibc keeps up to twice its size instead; see M_MMAP_THRESHOLD in mallopt(3).
 */

/** Bytes from which a frame counts as large. */
const large = 16_384;
/** Bytes of a block just below the largest that glibc learns from. It is never written to, so it takes no memory. */
const lesson = 31 * 2 ** 20;

let taught = false;

/** To be told the size in bytes of each frame that is copied or received. */
export function noteFrameSize(size: number | undefined): void {
  if (taught || size === undefined || size < large) return;
  taught = true;
  // The garbage collector frees it.
  new ArrayBuffer(lesson);
}
