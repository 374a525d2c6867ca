/** What stands at the path of an `ipc://` address: libzmq removes it, whatever it is, before it binds there. */

import { constants as access, accessSync, lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { AddressError, systemError } from "../errors.ts";

type Code = "EADDRINUSE" | "EACCES" | "ENOENT" | "ENOTDIR";

/**
 * To be called right before a bind. A socket file is taken over; anything else is somebody's.
 *
 * @throws AddressError, whose `cause` has the code that the system would give
 */
export function checkIpcPath(address: string): void {
  const path = address.slice("ipc://".length);
  // libzmq makes a folder and a name of its own.
  if (path.startsWith("*")) return;
  const found = fileAt(path);
  if (found === undefined || found.isSocket()) {
    // An abstract name needs no folder, but a file of that name would be removed all the same.
    if (!path.startsWith("@")) checkFolder(address, dirname(path));
    return;
  }
  const what = found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a symbolic link" : "a file";
  refuse(address, "EADDRINUSE", `there is ${what}, which is no socket; move it away, or choose another path`);
}

function checkFolder(address: string, folder: string): void {
  try {
    // With a dot behind it, so that a file is none.
    accessSync(`${folder}/.`, access.W_OK | access.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") refuse(address, code, "its folder does not exist");
    if (code === "ENOTDIR") refuse(address, code, `${folder} is a file, not a folder`);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      refuse(address, "EACCES", `permission denied, this process can't write to its folder ${folder}`);
  }
}

/** What the path has; undefined for nothing, or nothing that can be seen. */
function fileAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function refuse(address: string, code: Code, why: string): never {
  const ours = code === "EADDRINUSE" ? "ERR_ADDRESS_IN_USE" : "ERR_ADDRESS_UNAVAILABLE";
  throw new AddressError(`Cannot bind to ${address}: ${why}`, ours, address, {
    cause: systemError(code, why),
  });
}
