/** The errors: one base class with a `code`. A native error, if there was one, is the `cause`. */

import { constants } from "node:os";

/**
 * The codes of all errors of the class {@link MessagingError}, including those of `@awaitmq/patterns` and `@awaitmq/rpc`.
 *
 * @category Errors
 */
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
  | "ERR_UNIMPLEMENTED"
  | "ERR_UNROUTABLE"
  | "ERR_UNSUPPORTED";

/**
 * The base class of all errors except wrong arguments (`TypeError`, `RangeError`) and aborts (`signal.reason`).
 *
 * Each subclass has its own `code`. Two codes have no subclass. `ERR_SOCKET_LIMIT`: the process or its context cannot open more sockets.
 * `ERR_NATIVE`: libzmq failed in another way, and its error is the `cause`.
 *
 * @category Errors
 */
export class MessagingError extends Error {
  override readonly name: string = "MessagingError";
  /** Identifies the failure, for programs. */
  readonly code: ErrorCode;

  /**
   * @param message what failed, why, and what to do
   * @param options the `cause` and the `code`, which is `ERR_NATIVE` by default
   */
  constructor(message: string, options?: { readonly cause?: unknown; readonly code?: ErrorCode }) {
    super(message, options);
    this.code = options?.code ?? "ERR_NATIVE";
  }
}

/**
 * `ERR_TIMEOUT`: a wait took longer than its `timeout`.
 *
 * Nothing was lost. A message that was not sent is not sent later.
 *
 * @category Errors
 */
export class TimeoutError extends MessagingError {
  override readonly name: string = "TimeoutError";
  override readonly code = "ERR_TIMEOUT" as const;
}

/**
 * `ERR_CLOSED`: the socket is closed, or was closed while the call waited.
 *
 * @category Errors
 */
export class ClosedError extends MessagingError {
  override readonly name: string = "ClosedError";
  override readonly code = "ERR_CLOSED" as const;
}

/**
 * `ERR_QUEUE_FULL`: a queue is at its limit, and the message was not accepted.
 *
 * On a socket, the limit is the option `maxPendingSends`.
 *
 * @category Errors
 */
export class QueueFullError extends MessagingError {
  override readonly name: string = "QueueFullError";
  override readonly code = "ERR_QUEUE_FULL" as const;
}

/**
 * `ERR_UNSUPPORTED`: this build of libzmq, zeromq, or the other side of a call lacks a feature. A retry is useless.
 *
 * The message names an alternative. Streaming calls of `@awaitmq/patterns` reject with it if a plain REP or a proxy is in the way.
 *
 * @category Errors
 */
export class UnsupportedError extends MessagingError {
  override readonly name: string = "UnsupportedError";
  override readonly code = "ERR_UNSUPPORTED" as const;
}

/**
 * `ERR_UNROUTABLE`: no connected peer has the routing id of a message.
 *
 * @category Errors
 */
export class UnroutableError extends MessagingError {
  override readonly name: string = "UnroutableError";
  override readonly code = "ERR_UNROUTABLE" as const;
  /** The routing id of the message: bytes on a Router or Stream, a number on a Server. */
  readonly routingId: Buffer | number;

  constructor(message: string, routingId: Buffer | number, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.routingId = routingId;
  }
}

/**
 * `ERR_ADDRESS_INVALID`, `ERR_ADDRESS_IN_USE` or `ERR_ADDRESS_UNAVAILABLE`: an address is malformed, in use, or not available on this machine.
 *
 * @category Errors
 */
export class AddressError extends MessagingError {
  override readonly name: string = "AddressError";
  declare readonly code: "ERR_ADDRESS_INVALID" | "ERR_ADDRESS_IN_USE" | "ERR_ADDRESS_UNAVAILABLE";
  /** The address, as it was given. */
  readonly address: string;

  constructor(message: string, code: AddressError["code"], address: string, options?: { readonly cause?: unknown }) {
    super(message, { ...options, code });
    this.address = address;
  }
}

/**
 * `ERR_HANDSHAKE`: the handshake with a peer failed, by wrong or missing keys, a denied login, or another protocol.
 *
 * Without keys, libzmq mistakes servers of some other protocols, such as HTTP, for a very old ZMTP peer. Then no such error occurs, and no
 * message ever arrives.
 *
 * @category Errors
 */
export class HandshakeError extends MessagingError {
  override readonly name: string = "HandshakeError";
  override readonly code = "ERR_HANDSHAKE" as const;
  /** The address of the peer, or of this side if it is bound. */
  readonly address: string;
  /** The part that failed: the security mechanism or framing (`protocol`), the authentication (`auth`), or the connection (`other`). */
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

/** The error of a call on something that is closed, such as "Pull socket". */
export function closedError(action: string, on: string, options?: { readonly cause?: unknown }): ClosedError {
  return new ClosedError(`Cannot ${action}: the ${on} is closed`, options);
}

/** An error like that of the system or libzmq, for a call that was not made. */
export function systemError(code: keyof typeof constants.errno, message: string): Error {
  return Object.assign(new Error(message), { code, errno: constants.errno[code] });
}

/** Explains a native failure to open one more socket. Other failures are returned unchanged. */
export function explainLimit(action: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== "EMFILE") return cause;
  return new MessagingError(
    `Cannot ${action}: the context (maxSockets) or the process (ulimit -n) is at its limit of sockets. Close some, or raise the limit`,
    { code: "ERR_SOCKET_LIMIT", cause },
  );
}
