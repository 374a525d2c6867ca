/** Errors as the classic package gave them: the text of the C library, with its code and number. */

import { constants } from "node:os";

/** Errors of libzmq, by name: their texts in glibc, or in libzmq where it is libzmq's own; see zmq_strerror(3). */
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

/** An error that libzmq would give. */
export function systemError(code: "EINVAL" | "ENOBUFS" | "ENOTSUP"): Error {
  return Object.assign(new Error(texts[code]), { code, errno: constants.errno[code] });
}

export function closedError(): TypeError {
  return new TypeError("Socket is closed");
}

/** What libzmq would have said to what core refused itself. */
const refusals: Readonly<Record<string, keyof typeof constants.errno>> = {
  ERR_ADDRESS_INVALID: "EINVAL",
  ERR_ADDRESS_UNAVAILABLE: "ENOENT",
  ERR_UNSUPPORTED: "EPROTONOSUPPORT",
};

/** The error for what core or zeromq threw; its `cause` is that. */
export function classicError(error: unknown): Error {
  const native = nativeError(error);
  if (native !== undefined) return withCode(native.code, native.errno, native.message, error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_CLOSED") return Object.assign(closedError(), { cause: error });
  const refusal = refusals[code ?? ""];
  if (refusal !== undefined) return withCode(refusal, constants.errno[refusal], message, error);
  return error instanceof Error ? error : new Error(String(error));
}

/** @throws what `use` throws, as the classic package gave it */
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

/** The error of libzmq that is behind another, or is it. */
function nativeError(error: unknown): { code: string; errno: number; message: string } | undefined {
  for (let each = error as { code?: unknown; errno?: unknown; cause?: unknown } | undefined; each; ) {
    if (typeof each.code === "string" && typeof each.errno === "number") return each as never;
    each = each.cause as typeof each;
  }
  return undefined;
}
