/**
 * Checks that file descriptors are left before libzmq needs them. Without any, libzmq crashes the process in some places (a bind to a TCP address,
 * the threads of a context). In another place it leaves a monitor that nobody reads, which blocks its threads.
 */

import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { MessagingError, systemError } from "../errors.ts";

/** Spare descriptors: another thread may take some at the same moment, such as libzmq's when it accepts a connection. */
const spare = 8;

/**
 * To be called right before libzmq opens `count` descriptors.
 *
 * @throws MessagingError `ERR_SOCKET_LIMIT` if fewer are left, or not enough spare ones. Its `cause` has the system's code
 */
export function needDescriptors(count: number, action: string): void {
  // Windows has no such limit.
  if (process.platform === "win32") return;
  const opened: number[] = [];
  try {
    while (opened.length < count + spare) opened.push(openSync(devNull, "r"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // In a jail the device may not exist. Then libzmq has to find out.
    if (code !== "EMFILE" && code !== "ENFILE") return;
    throw new MessagingError(
      `Cannot ${action}: the process has no file descriptors left. Close some, or raise the limit (ulimit -n)`,
      { code: "ERR_SOCKET_LIMIT", cause: systemError(code, "Too many open files") },
    );
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
