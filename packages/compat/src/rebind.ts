/**
 * Binding to an address that a socket of this program has just closed. libzmq gives a port back a moment after the close, and
 * programs bind it again at once: so a bind that finds it in use tries again as long as a socket is still being closed.
 */

const closing = new Set<Promise<void>>();

/** Milliseconds between two tries, and the longest that they go on. */
const interval = 2;
const longest = 500;

/** Notes that a socket is being closed until `closed` settles. */
export function noteClosing(closed: Promise<void>): void {
  const noted = closed.finally(() => closing.delete(noted));
  closing.add(noted);
}

/** Blocks the program between tries. */
export function bindSyncAgain(bind: () => void): void {
  const deadline = performance.now() + longest;
  while (!isBound(bind, deadline)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
}

export async function bindAgain(bind: () => void): Promise<void> {
  const deadline = performance.now() + longest;
  while (!isBound(bind, deadline)) await new Promise((resolve) => setTimeout(resolve, interval));
}

/** Whether the bind succeeded; false if another try makes sense. */
function isBound(bind: () => void, deadline: number): boolean {
  try {
    bind();
    return true;
  } catch (error) {
    const inUse = (error as { code?: unknown }).code === "ERR_ADDRESS_IN_USE";
    if (!inUse || closing.size === 0 || performance.now() > deadline) throw error;
    return false;
  }
}
