/** Errors between peers that core has no class for. Each extends core's `MessagingError` and has its own `code`. */

import { MessagingError } from "@awaitmq/core";

/**
 * A codec could not encode a value or decode a message. `ERR_CODEC`. The `cause`, if any, is what the codec threw.
 *
 * @category Errors
 */
export class CodecError extends MessagingError {
  override readonly name: string = "CodecError";
  override readonly code = "ERR_CODEC" as const;
}

/**
 * A schema refused a value. `ERR_SCHEMA`. If the schema itself failed, `issues` is empty and `cause` says why.
 *
 * @category Errors
 */
export class SchemaError extends MessagingError {
  override readonly name: string = "SchemaError";
  override readonly code = "ERR_SCHEMA" as const;
  /** The problems that the schema found, each with its path in the value. */
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];

  constructor(message: string, issues: SchemaError["issues"], options?: { readonly cause?: unknown }) {
    super(message, options);
    this.issues = issues;
  }
}

/**
 * A message does not follow the envelope format of requests and replies. `ERR_ENVELOPE`.
 *
 * @category Errors
 */
export class EnvelopeError extends MessagingError {
  override readonly name: string = "EnvelopeError";
  override readonly code = "ERR_ENVELOPE" as const;
}

/**
 * The handler of a request threw; the message is the handler's. `ERR_REMOTE`.
 *
 * If the server hides errors (`exposeErrors: "none"`), the message names the `id`, and `remoteName` is `RemoteError`.
 *
 * @category Errors
 */
export class RemoteError extends MessagingError {
  override readonly name: string = "RemoteError";
  override readonly code = "ERR_REMOTE" as const;
  /** The name of the error that the handler threw. */
  readonly remoteName: string;
  /** The code of that error. Undefined if it had none. */
  readonly remoteCode: string | undefined;
  /** The stack of that error. Undefined unless the server sends stacks (`exposeErrors: "stack"`). */
  readonly remoteStack: string | undefined;
  /** The id that the server's `onError` got with this failure. Undefined if the server sends none. */
  readonly id: string | undefined;
  constructor(remote: {
    readonly name: string;
    readonly message: string;
    readonly code?: string | undefined;
    readonly stack?: string | undefined;
    readonly id?: string | undefined;
  }) {
    super(remote.message);
    this.remoteName = remote.name;
    this.remoteCode = remote.code;
    this.remoteStack = remote.stack;
    this.id = remote.id;
  }
}

/**
 * The server is at its request limit. `ERR_OVERLOADED`. The request was not begun, so a retry is safe.
 *
 * @category Errors
 */
export class OverloadedError extends MessagingError {
  override readonly name: string = "OverloadedError";
  override readonly code = "ERR_OVERLOADED" as const;
}

/**
 * The server is shutting down, or no server is connected. `ERR_UNAVAILABLE`.
 *
 * A call that rejects with it was not begun, so a retry is safe. It is also the reason of handlers' signals when their
 * server shuts down.
 *
 * @category Errors
 */
export class UnavailableError extends MessagingError {
  override readonly name: string = "UnavailableError";
  override readonly code = "ERR_UNAVAILABLE" as const;
}

/**
 * The peer disconnected before the reply. `ERR_DISCONNECTED`. Whether the request was handled is unknown.
 *
 * @category Errors
 */
export class DisconnectedError extends MessagingError {
  override readonly name: string = "DisconnectedError";
  override readonly code = "ERR_DISCONNECTED" as const;
}

/**
 * The client cancelled the request. `ERR_CANCELLED`. The handler's signal aborts with it.
 *
 * @category Errors
 */
export class CancelledError extends MessagingError {
  override readonly name: string = "CancelledError";
  override readonly code = "ERR_CANCELLED" as const;
}

/**
 * Another loop already reads this socket. `ERR_IN_USE`. Two readers would take each other's messages.
 *
 * @category Errors
 */
export class InUseError extends MessagingError {
  override readonly name: string = "InUseError";
  override readonly code = "ERR_IN_USE" as const;
}

/**
 * The socket already has endpoints, but the call sets an option that affects only later ones. `ERR_TOO_LATE`.
 *
 * Make the call before `bind` and `connect`, or pass it the endpoints.
 *
 * @category Errors
 */
export class TooLateError extends MessagingError {
  override readonly name: string = "TooLateError";
  override readonly code = "ERR_TOO_LATE" as const;
}

/**
 * A handler awaits `stop()` of its own server, which waits for that handler. `ERR_DEADLOCK`.
 *
 * @category Errors
 */
export class DeadlockError extends MessagingError {
  override readonly name: string = "DeadlockError";
  override readonly code = "ERR_DEADLOCK" as const;
}
