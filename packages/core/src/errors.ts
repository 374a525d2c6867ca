/** The error family: one base with a `code`; a native error, where there was one, is the `cause`. */

import { constants } from "node:os";

/** The codes of all `MessagingError`s, those of the packages on top of this one too. */
export type ErrorCode =
  | "ERR_ADDRESS_INVALID"
  | "ERR_ADDRESS_IN_USE"
  | "ERR_ADDRESS_UNAVAILABLE"
  | "ERR_CANCELLED"
  | "ERR_CLOSED"
  | "ERR_CODEC"
  | "ERR_DEADLOCK"
  | "ERR_DISCONNECTED"
  | "ERR_ENVELOPE"
  | "ERR_HANDSHAKE"
  | "ERR_IN_USE"
  | "ERR_NATIVE"
  | "ERR_OVERLOADED"
  | "ERR_PACKED"
  | "ERR_QUEUE_FULL"
  | "ERR_REMOTE"
  | "ERR_SCHEMA"
  | "ERR_SOCKET_LIMIT"
  | "ERR_TIMEOUT"
  | "ERR_TOO_LATE"
  | "ERR_UNAVAILABLE"
  | "ERR_UNROUTABLE"
  | "ERR_UNSUPPORTED";

/**
 * The base of every error that is not a wrong argument (`TypeError`, `RangeError`) or an abort (`signal.reason`). Each class has its own
 * `code`.
 *
 * Two codes have no class of their own: `ERR_SOCKET_LIMIT`, the process or its context can open no more sockets, and
 * `ERR_NATIVE`, libzmq failed in a way that has no name here; its error is the `cause`.
 */
export class MessagingError extends Error {
  override readonly name: string = "MessagingError";
  readonly code: ErrorCode;

  /** @param options `code` is `ERR_NATIVE` by default */
  constructor(message: string, options?: { readonly cause?: unknown; readonly code?: ErrorCode }) {
    super(message, options);
    this.code = options?.code ?? "ERR_NATIVE";
  }
}

/** A wait was longer than its `timeout`. Nothing was lost: a message that was not sent is not sent later. `ERR_TIMEOUT` */
export class TimeoutError extends MessagingError {
  override readonly name: string = "TimeoutError";
  override readonly code = "ERR_TIMEOUT" as const;
}

/** The socket is closed, or was closed while the call waited. `ERR_CLOSED` */
export class ClosedError extends MessagingError {
  override readonly name: string = "ClosedError";
  override readonly code = "ERR_CLOSED" as const;
}

/** As many messages wait already as may, on a socket `maxPendingSends`; this one was not taken. `ERR_QUEUE_FULL` */
export class QueueFullError extends MessagingError {
  override readonly name: string = "QueueFullError";
  override readonly code = "ERR_QUEUE_FULL" as const;
}

/** This build of libzmq, or this binding, can't do what was asked. The message names what to use instead. `ERR_UNSUPPORTED` */
export class UnsupportedError extends MessagingError {
  override readonly name: string = "UnsupportedError";
  override readonly code = "ERR_UNSUPPORTED" as const;
}

/** A message was addressed to a routing id that no connected peer has. `ERR_UNROUTABLE` */
export class UnroutableError extends MessagingError {
  override readonly name: string = "UnroutableError";
  override readonly code = "ERR_UNROUTABLE" as const;
  /** The routing id that was asked for: bytes on a Router or Stream, a number on a Server. */
  readonly routingId: Buffer | number;

  constructor(message: string, routingId: Buffer | number, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.routingId = routingId;
  }
}

/** An address is malformed, taken, or not to be had on this machine. `ERR_ADDRESS_INVALID`, `_IN_USE`, `_UNAVAILABLE` */
export class AddressError extends MessagingError {
  override readonly name: string = "AddressError";
  declare readonly code: "ERR_ADDRESS_INVALID" | "ERR_ADDRESS_IN_USE" | "ERR_ADDRESS_UNAVAILABLE";
  readonly address: string;

  constructor(message: string, code: AddressError["code"], address: string, options?: { readonly cause?: unknown }) {
    super(message, { ...options, code });
    this.address = address;
  }
}

/**
 * A peer and this socket could not agree: wrong or missing keys, a denied login, or another protocol. Servers of some other protocols, such
 * as HTTP, libzmq takes for a very old ZMTP where there are no keys: then there is no such error, and no message ever. `ERR_HANDSHAKE`
 */
export class HandshakeError extends MessagingError {
  override readonly name: string = "HandshakeError";
  override readonly code = "ERR_HANDSHAKE" as const;
  readonly address: string;
  /** What failed: the security mechanism or framing, the authentication handler, or the connection itself. */
  readonly reason: "protocol" | "auth" | "other";

  constructor(
    message: string,
    address: string,
    reason: HandshakeError["reason"],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.address = address;
    this.reason = reason;
  }
}

/** Of a call on what was closed before or meanwhile, such as "Pull socket". */
export function closedError(action: string, on: string, options?: { readonly cause?: unknown }): ClosedError {
  return new ClosedError(`Cannot ${action}: the ${on} is closed`, options);
}

/** What the system, or libzmq, would have said to what was not asked of it. */
export function systemError(code: keyof typeof constants.errno, message: string): Error {
  return Object.assign(new Error(message), { code, errno: constants.errno[code] });
}

/** Puts a native failure to open one more socket into words; other failures it leaves as they are. */
export function explainLimit(action: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== "EMFILE") return cause;
  return new MessagingError(
    `Cannot ${action}: the context (maxSockets) or the process (ulimit -n) has as many sockets as it may`,
    { code: "ERR_SOCKET_LIMIT", cause },
  );
}
