/**
 * Where the process has no file descriptor left, libzmq ends it in some places (a bind to an address of TCP, the threads of a
 * context), and in another leaves a monitor that nobody reads, which stops its threads. So it is not asked there.
 */

import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { MessagingError, systemError } from "../errors.ts";

/** Descriptors to spare: another thread, such as libzmq's with a connection that it accepts, may take some in this very moment. */
const spare = 8;

/**
 * To be called right before libzmq opens `count` descriptors.
 *
 * @throws MessagingError `ERR_SOCKET_LIMIT` when there are not so many and a few to spare; its `cause` has the code of the system
 */
export function needDescriptors(count: number, action: string): void {
  // Windows has no such limit.
  if (process.platform === "win32") return;
  const opened: number[] = [];
  try {
    while (opened.length < count + spare) opened.push(openSync(devNull, "r"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // In a jail there may be no such device: then libzmq has to find out.
    if (code !== "EMFILE" && code !== "ENFILE") return;
    throw new MessagingError(
      `Cannot ${action}: the process has no file descriptors left; close some, or raise the limit (ulimit -n)`,
      { code: "ERR_SOCKET_LIMIT", cause: systemError(code, "Too many open files") },
    );
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
