/** Checks the path of an `ipc://` address. libzmq removes any file there before it binds. */

import { constants as access, accessSync, lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { AddressError, systemError } from "../errors.ts";

type Code = "EADDRINUSE" | "EACCES" | "ENOENT" | "ENOTDIR";

/**
 * To be called right before a bind. A socket file is replaced. Any other file is refused, since it may be needed.
 *
 * @throws AddressError, whose `cause` has the code that the system would give
 */
export function checkIpcPath(address: string): void {
  const path = address.slice("ipc://".length);
  // libzmq creates its own folder and name.
  if (path.startsWith("*")) return;
  const found = fileAt(path);
  if (found === undefined || found.isSocket()) {
    // An abstract name needs no folder, but libzmq would still remove a file of that name.
    if (!path.startsWith("@")) checkFolder(address, dirname(path));
    return;
  }
  const what = found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a symbolic link" : "a file";
  refuse(address, "EADDRINUSE", `there is ${what}, which is not a socket. Move it away, or choose another path`);
}

function checkFolder(address: string, folder: string): void {
  try {
    // The dot makes it fail for a file.
    accessSync(`${folder}/.`, access.W_OK | access.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") refuse(address, code, "its folder does not exist");
    if (code === "ENOTDIR") refuse(address, code, `${folder} is a file, not a folder`);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      refuse(address, "EACCES", `permission denied, this process cannot write to the folder ${folder}`);
  }
}

/** The file at the path. Undefined if there is none, or none that this process can see. */
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
