/**
 * The memory of large messages. glibc returns freed memory at the top of its heap to the system. For the next message, the system zeroes it again
 * page by page. For messages of 64 KiB that costs more than copying them. After a program has freed a large block, glibc keeps up to
 * twice its size instead: see M_MMAP_THRESHOLD in mallopt(3).
 */

/** Bytes from which a frame counts as large. */
const large = 16_384;
/** Bytes of the block, just below the largest size that glibc adapts to. It is never written to, so it takes no memory. */
const lesson = 31 * 2 ** 20;

let taught = false;

/** To be called with the size in bytes of each frame that is copied or received. */
export function noteFrameSize(size: number | undefined): void {
  if (taught || size === undefined || size < large) return;
  taught = true;
  // The garbage collector frees it.
  new ArrayBuffer(lesson);
}
