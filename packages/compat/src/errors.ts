/** Errors as in the classic package: the text of the C library, with its code and number. */

import { constants } from "node:os";

/** Texts of libzmq's errors, by name: those of glibc, or libzmq's own. See zmq_strerror(3). */
const texts: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EAGAIN: "Resource temporarily unavailable",
  ECONNREFUSED: "Connection refused",
  EFSM: "Operation cannot be accomplished in current state",
  EHOSTUNREACH: "No route to host",
  EINVAL: "Invalid argument",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENOBUFS: "No buffer space available",
  ENOCOMPATPROTO: "The protocol is not compatible with the socket type",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOTDIR: "Not a directory",
  ENOTSUP: "Operation not supported",
  EPROTONOSUPPORT: "Protocol not supported",
  ETERM: "Context was terminated",
};

/** An error as libzmq would report it. */
export function systemError(code: "EINVAL" | "ENOBUFS" | "ENOTSUP"): Error {
  return Object.assign(new Error(texts[code]), { code, errno: constants.errno[code] });
}

export function closedError(): TypeError {
  return new TypeError("Socket is closed");
}

/** libzmq's codes for errors that core reports itself. */
const refusals: Readonly<Record<string, keyof typeof constants.errno>> = {
  ERR_ADDRESS_INVALID: "EINVAL",
  ERR_ADDRESS_UNAVAILABLE: "ENOENT",
  ERR_UNSUPPORTED: "EPROTONOSUPPORT",
};

/** The classic error for an error of core or zeromq, which becomes its `cause`. */
export function classicError(error: unknown): Error {
  const native = nativeError(error);
  if (native !== undefined) return withCode(native.code, native.errno, native.message, error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_CLOSED") return Object.assign(closedError(), { cause: error });
  const refusal = refusals[code ?? ""];
  if (refusal !== undefined) return withCode(refusal, constants.errno[refusal], message, error);
  return error instanceof Error ? error : new Error(String(error));
}

/** @throws the errors of `use`, as classic errors */
export function withClassicErrors<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw classicError(error);
  }
}

function withCode(code: string, errno: number, message: string, cause: unknown): Error {
  return Object.assign(new Error(texts[code] ?? message, { cause }), { code, errno });
}

/** The error of libzmq that caused an error, or is it. */
function nativeError(error: unknown): { code: string; errno: number; message: string } | undefined {
  for (let each = error as { code?: unknown; errno?: unknown; cause?: unknown } | undefined; each; ) {
    if (typeof each.code === "string" && typeof each.errno === "number") return each as never;
    each = each.cause as typeof each;
  }
  return undefined;
}
