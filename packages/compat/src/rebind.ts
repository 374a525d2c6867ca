/**
 * Binds to an address that this program has just released. libzmq releases a port a moment after the close or unbind, but programs bind it
 * again at once. So a bind that finds such an address in use retries for a while.
 */

/** Number of sockets that are releasing each address. */
const leaving = new Map<string, number>();

/** Milliseconds between two retries, and for all retries together. */
const interval = 2;
const longest = 500;

/** Records that `endpoints` are being released, until some time after `given` has settled. */
export async function noteLeaving(endpoints: readonly string[], given?: Promise<unknown>): Promise<void> {
  if (endpoints.length === 0) return;
  const places = endpoints.map(place);
  for (const each of places) leaving.set(each, (leaving.get(each) ?? 0) + 1);
  await given?.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, longest).unref());
  for (const each of places) {
    const count = leaving.get(each) ?? 0;
    if (count > 1) leaving.set(each, count - 1);
    else leaving.delete(each);
  }
}

/** Binds synchronously. Blocks the program between retries. */
export function bindSyncAgain(address: string, bind: () => void): void {
  const deadline = performance.now() + longest;
  for (let inUse: unknown; ; ) {
    try {
      bind();
      return;
    } catch (error) {
      // A watched socket may have no room for the events of so many retries. Then report the error of the first attempt.
      if (!makesSense(error, address, deadline)) throw inUse ?? error;
      inUse = error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
  }
}

export async function bindAgain(address: string, bind: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + longest;
  for (;;) {
    try {
      await bind();
      return;
    } catch (error) {
      if (!makesSense(error, address, deadline)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/** Whether to retry after an error. */
function makesSense(error: unknown, address: string, deadline: number): boolean {
  const inUse = (error as { code?: unknown }).code === "ERR_ADDRESS_IN_USE";
  return inUse && leaving.has(place(address)) && performance.now() <= deadline;
}

/** The place of an address. A TCP port is the same place under all names of its host. */
function place(address: string): string {
  return address.startsWith("tcp://") ? address.slice(address.lastIndexOf(":")) : address;
}
