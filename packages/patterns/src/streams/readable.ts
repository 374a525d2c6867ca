/** Node's readable streams as items. Their iterator releases them only after its first item, and hears of errors only then. */

import { Readable } from "node:stream";

/** Listens to errors from the start: without a listener, Node ends the process. */
export function guardReadable(items: unknown, failed: (error: Error) => void): void {
  if (items instanceof Readable) items.on("error", failed);
}

/** Releases what a stream holds, such as a file. */
export function releaseReadable(items: unknown): void {
  if (items instanceof Readable) items.destroy();
}
