/** The error family: one base with a `code`; a native error, where there was one, is the `cause`. */

/** Codes of core's errors. Packages on top have further ones of their own. */
export type ErrorCode =
  | "ERR_TIMEOUT"
  | "ERR_CLOSED"
  | "ERR_QUEUE_FULL"
  | "ERR_UNROUTABLE"
  | "ERR_ADDRESS_INVALID"
  | "ERR_ADDRESS_IN_USE"
  | "ERR_ADDRESS_UNAVAILABLE"
  | "ERR_HANDSHAKE"
  | "ERR_UNSUPPORTED"
  | "ERR_SOCKET_LIMIT"
  | "ERR_NATIVE";

/**
 * The base of every error that is not a wrong argument (`TypeError`, `RangeError`) or an abort (`signal.reason`).
 *
 * Two codes have no class of their own: `ERR_SOCKET_LIMIT`, the process or its context can open no more sockets, and
 * `ERR_NATIVE`, libzmq failed in a way that has no name here; its error is the `cause`.
 */
export class MessagingError extends Error {
  override readonly name: string = "MessagingError";
  readonly code: ErrorCode | (string & {});

  constructor(message: string, code: ErrorCode | (string & {}), options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A wait was longer than its `timeout`. Nothing was lost: a message that was not sent is not sent later. `ERR_TIMEOUT` */
export class TimeoutError extends MessagingError {
  override readonly name: string = "TimeoutError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_TIMEOUT", options);
  }
}

/** The socket is closed, or was closed while the call waited. `ERR_CLOSED` */
export class ClosedError extends MessagingError {
  override readonly name: string = "ClosedError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_CLOSED", options);
  }
}

/** `maxPendingSends` messages wait already; this one was not taken. `ERR_QUEUE_FULL` */
export class QueueFullError extends MessagingError {
  override readonly name: string = "QueueFullError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_QUEUE_FULL", options);
  }
}

/** A message was addressed to a routing id that no connected peer has. `ERR_UNROUTABLE` */
export class UnroutableError extends MessagingError {
  override readonly name: string = "UnroutableError";
  /** The routing id that was asked for: bytes on a Router or Stream, a number on a Server. */
  readonly routingId: Buffer | number;

  constructor(message: string, routingId: Buffer | number, options?: ErrorOptions) {
    super(message, "ERR_UNROUTABLE", options);
    this.routingId = routingId;
  }
}

/** An address is malformed, taken, or not to be had on this machine. `ERR_ADDRESS_INVALID`, `_IN_USE`, `_UNAVAILABLE` */
export class AddressError extends MessagingError {
  override readonly name: string = "AddressError";
  readonly address: string;

  constructor(
    message: string,
    code: "ERR_ADDRESS_INVALID" | "ERR_ADDRESS_IN_USE" | "ERR_ADDRESS_UNAVAILABLE",
    address: string,
    options?: ErrorOptions,
  ) {
    super(message, code, options);
    this.address = address;
  }
}

/**
 * A peer and this socket could not agree: wrong or missing keys, a denied login, or another protocol. Servers of some other protocols, such
 * as HTTP, libzmq takes for a very old ZMTP where there are no keys: then there is no such error, and no message ever. `ERR_HANDSHAKE`
 */
export class HandshakeError extends MessagingError {
  override readonly name: string = "HandshakeError";
  readonly address: string;
  /** What failed: the security mechanism or framing, the authentication handler, or the connection itself. */
  readonly reason: "protocol" | "auth" | "other";

  constructor(message: string, address: string, reason: "protocol" | "auth" | "other", options?: ErrorOptions) {
    super(message, "ERR_HANDSHAKE", options);
    this.address = address;
    this.reason = reason;
  }
}

/** Puts a native failure to open one more socket into words; other failures it leaves as they are. */
export function explainLimit(action: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== "EMFILE") return cause;
  return new MessagingError(
    `Cannot ${action}: the context (maxSockets) or the process (ulimit -n) has as many sockets as it may`,
    "ERR_SOCKET_LIMIT",
    { cause },
  );
}

/** This build of libzmq, or this binding, can't do what was asked. The message names what to use instead. `ERR_UNSUPPORTED` */
export class UnsupportedError extends MessagingError {
  override readonly name: string = "UnsupportedError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_UNSUPPORTED", options);
  }
}
