/** What can go wrong between peers that core has no name for. All are core's `MessagingError`, with a `code` of their own. */

import { MessagingError } from "@awaitmq/core";

/** Bytes that are no value of the codec, or a value that the codec can't put into bytes; the `cause` tells more. `ERR_CODEC` */
export class CodecError extends MessagingError {
  override readonly name: string = "CodecError";
  override readonly code = "ERR_CODEC" as const;
}

/** A value that the schema refuses. `ERR_SCHEMA` */
export class SchemaError extends MessagingError {
  override readonly name: string = "SchemaError";
  override readonly code = "ERR_SCHEMA" as const;
  /** What the schema found, each with the path to it. */
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];

  constructor(message: string, issues: SchemaError["issues"], options?: { readonly cause?: unknown }) {
    super(message, options);
    this.issues = issues;
  }
}

/** Frames that are not in the form of the envelope. `ERR_ENVELOPE` */
export class EnvelopeError extends MessagingError {
  override readonly name: string = "EnvelopeError";
  override readonly code = "ERR_ENVELOPE" as const;
}

/**
 * The handler of a request threw, with this message. `ERR_REMOTE`. With `exposeErrors: "none"` at the server the message names the `id`, and
 * `remoteName` is `RemoteError`.
 */
export class RemoteError extends MessagingError {
  override readonly name: string = "RemoteError";
  override readonly code = "ERR_REMOTE" as const;
  /** The name of what the handler threw. */
  readonly remoteName: string;
  /** Its code, undefined if it had none. */
  readonly remoteCode: string | undefined;
  /** Its stack, where the server tells that. */
  readonly remoteStack: string | undefined;
  /** By which the server's `onError` knows this failure. Undefined where the server tells none. */
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

/** The server has as many requests as it may. The request was not begun, so it may be sent again. `ERR_OVERLOADED` */
export class OverloadedError extends MessagingError {
  override readonly name: string = "OverloadedError";
  override readonly code = "ERR_OVERLOADED" as const;
}

/** The server is about to end. The request was not begun, so it may be sent again. `ERR_UNAVAILABLE` */
export class UnavailableError extends MessagingError {
  override readonly name: string = "UnavailableError";
  override readonly code = "ERR_UNAVAILABLE" as const;
}

/** The other end went away before the answer. Whether the request was handled is unknown. `ERR_DISCONNECTED` */
export class DisconnectedError extends MessagingError {
  override readonly name: string = "DisconnectedError";
  override readonly code = "ERR_DISCONNECTED" as const;
}

/** The client gave a request up. `ERR_CANCELLED` */
export class CancelledError extends MessagingError {
  override readonly name: string = "CancelledError";
  override readonly code = "ERR_CANCELLED" as const;
}

/** Another loop reads this socket, and would be robbed of messages by a second one. `ERR_IN_USE` */
export class InUseError extends MessagingError {
  override readonly name: string = "InUseError";
  override readonly code = "ERR_IN_USE" as const;
}

/** What was called for a socket that has endpoints already sets an option that holds for later ones only. `ERR_TOO_LATE` */
export class TooLateError extends MessagingError {
  override readonly name: string = "TooLateError";
  override readonly code = "ERR_TOO_LATE" as const;
}

/** A handler awaits `stop()` of its own server, which waits for that handler. `ERR_DEADLOCK` */
export class DeadlockError extends MessagingError {
  override readonly name: string = "DeadlockError";
  override readonly code = "ERR_DEADLOCK" as const;
}
