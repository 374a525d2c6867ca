/** What can go wrong between peers that core has no name for. All are core's `MessagingError`, with a `code` of their own. */

import { MessagingError } from "@awaitmq/core";

/** Bytes that are no value of the codec, or a value that the codec can't put into bytes; the `cause` tells more. `ERR_CODEC` */
export class CodecError extends MessagingError {
  override readonly name: string = "CodecError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_CODEC", options);
  }
}

/** A value that the schema refuses. `ERR_SCHEMA` */
export class SchemaError extends MessagingError {
  override readonly name: string = "SchemaError";
  /** What the schema found, each with the path to it. */
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
  constructor(message: string, issues: SchemaError["issues"], options?: ErrorOptions) {
    super(message, "ERR_SCHEMA", options);
    this.issues = issues;
  }
}

/** Frames that are not in the form of the envelope. `ERR_ENVELOPE` */
export class EnvelopeError extends MessagingError {
  override readonly name: string = "EnvelopeError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_ENVELOPE", options);
  }
}

/** The handler of a request threw. Name, message and code are those of what it threw; the code is `ERR_REMOTE` if that had none. */
export class RemoteError extends MessagingError {
  override readonly name: string;
  /** The stack at the server, where it tells that. */
  readonly remoteStack: string | undefined;
  constructor(remote: {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly stack?: string;
  }) {
    super(remote.message, remote.code ?? "ERR_REMOTE");
    this.name = remote.name;
    this.remoteStack = remote.stack;
  }
}

/** The server has as many requests as it may. The request was not begun, so it may be sent again. `ERR_OVERLOADED` */
export class OverloadedError extends MessagingError {
  override readonly name: string = "OverloadedError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_OVERLOADED", options);
  }
}

/** The server is about to end. The request was not begun, so it may be sent again. `ERR_UNAVAILABLE` */
export class UnavailableError extends MessagingError {
  override readonly name: string = "UnavailableError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_UNAVAILABLE", options);
  }
}

/** The other end went away before the answer. Whether the request was handled is unknown. `ERR_DISCONNECTED` */
export class DisconnectedError extends MessagingError {
  override readonly name: string = "DisconnectedError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_DISCONNECTED", options);
  }
}

/** The client gave a request up. `ERR_CANCELLED` */
export class CancelledError extends MessagingError {
  override readonly name: string = "CancelledError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_CANCELLED", options);
  }
}

/** Another loop reads this socket, and would be robbed of messages by a second one. `ERR_IN_USE` */
export class InUseError extends MessagingError {
  override readonly name: string = "InUseError";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "ERR_IN_USE", options);
  }
}
