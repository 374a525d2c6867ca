/** Errors between peers that core has no class for. Each extends core's `MessagingError` and has its own `code`. */

import { MessagingError } from "@awaitmq/core";

/**
 * A codec could not encode a value or decode a message. `ERR_CODEC`. The `cause`, if any, is what the codec threw.
 *
 * @category Errors
 * @example
 * ```ts
 * import { CodecError, text, TopicPublisher } from "@awaitmq/patterns";
 *
 * const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
 * const error = await publisher.publish("a", "\ud800").catch((error) => error);
 * console.log(error instanceof CodecError, error.code); // true ERR_CODEC
 * await publisher.close();
 * ```
 */
export class CodecError extends MessagingError {
  override readonly name: string = "CodecError";
  override readonly code = "ERR_CODEC" as const;
}

/**
 * A schema refused a value. `ERR_SCHEMA`. If the schema itself failed, `issues` is empty and `cause` says why.
 *
 * @category Errors
 * @example
 * ```ts
 * import { json, SchemaError, TopicPublisher } from "@awaitmq/patterns";
 *
 * const validate = (value: unknown) =>
 *   Number(value) > 0 ? { value } : { issues: [{ message: "not above 0" }] };
 * // Usually a schema of zod, valibot or arktype.
 * const schema = { "~standard": { version: 1, vendor: "me", validate } } as const;
 * const endpoint = "tcp://127.0.0.1:*";
 * const publisher = new TopicPublisher(endpoint, { codec: json, schema });
 * const error = await publisher.publish("price", -1).catch((error) => error);
 * if (!(error instanceof SchemaError)) throw error;
 * console.log(error.issues[0].message); // not above 0
 * await publisher.close();
 * ```
 */
export class SchemaError extends MessagingError {
  override readonly name: string = "SchemaError";
  override readonly code = "ERR_SCHEMA" as const;
  /** The problems that the schema found, each with its path in the value. */
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
  /** Which value of a call of `@awaitmq/rpc` it refused. A wrong output is a fault of the server. Undefined elsewhere. */
  readonly side: "input" | "output" | undefined;

  constructor(
    message: string,
    issues: SchemaError["issues"],
    options?: { readonly cause?: unknown; readonly side?: SchemaError["side"] },
  ) {
    super(message, options);
    this.issues = issues;
    this.side = options?.side;
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
 * @example
 * ```ts
 * import { RemoteError, RequestClient, serve } from "@awaitmq/patterns";
 *
 * const server = serve("tcp://127.0.0.1:*", () => {
 *   throw Object.assign(new Error("No such order"), { code: "E_ORDER" });
 * });
 * const client = new RequestClient({ connect: server.endpoints });
 * const error = await client.request("order 7").catch((error) => error);
 * if (!(error instanceof RemoteError)) throw error;
 * console.log(error.message, error.remoteCode); // No such order E_ORDER
 * await client.close();
 * await server.stop();
 * ```
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
 * The server is at its request limit. `ERR_OVERLOADED`. No handler began, so a retry is safe.
 *
 * @category Errors
 * @example
 * ```ts
 * import { setTimeout as sleep } from "node:timers/promises";
 * import { RequestClient, serve } from "@awaitmq/patterns";
 *
 * const limits = { concurrency: 1, maxQueued: 0 };
 * const server = serve("tcp://127.0.0.1:*", () => sleep(200, "done"), limits);
 * const retry = { attempts: 1 }; // by default a client retries
 * const client = new RequestClient({ connect: server.endpoints, retry });
 * const first = client.request("1");
 * const error = await client.request("2").catch((error) => error);
 * console.log(error.code); // ERR_OVERLOADED
 * await first;
 * await client.close();
 * await server.stop();
 * ```
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
 * @example
 * ```ts
 * import { RequestClient } from "@awaitmq/patterns";
 *
 * const connect = "tcp://127.0.0.1:9"; // nothing listens there
 * const client = new RequestClient({ connect, waitForServer: false });
 * const error = await client.request("Ada").catch((error) => error);
 * console.log(error.code); // ERR_UNAVAILABLE
 * await client.close();
 * ```
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
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { RequestClient, serve } from "@awaitmq/patterns";
 *
 * const controller = new AbortController();
 * const server = serve("tcp://127.0.0.1:*", async (_, { signal }) => {
 *   controller.abort(); // as a client does that no longer wants the reply
 *   await once(signal, "abort");
 *   console.log(signal.reason.code); // ERR_CANCELLED
 *   return null;
 * });
 * const client = new RequestClient({ connect: server.endpoints });
 * await client.request("slow", { signal: controller.signal }).catch(() => {});
 * await server.stop();
 * await client.close();
 * ```
 */
export class CancelledError extends MessagingError {
  override readonly name: string = "CancelledError";
  override readonly code = "ERR_CANCELLED" as const;
}

/**
 * Another loop already reads this socket. `ERR_IN_USE`. Two readers would take each other's messages.
 *
 * @category Errors
 * @example
 * ```ts
 * import { Router } from "@awaitmq/core";
 * import { InUseError, route, serve } from "@awaitmq/patterns";
 *
 * const router = new Router();
 * const peers = route(router);
 * try {
 *   serve(router, () => "hello");
 * } catch (error) {
 *   console.log(error instanceof InUseError); // true
 * }
 * await peers.stop();
 * await router.close();
 * ```
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
 * @example
 * ```ts
 * import { Router } from "@awaitmq/core";
 * import { serve, TooLateError } from "@awaitmq/patterns";
 *
 * const router = new Router();
 * await router.bind("tcp://127.0.0.1:*"); // should come after serve
 * try {
 *   serve(router, () => "hello");
 * } catch (error) {
 *   console.log(error instanceof TooLateError); // true
 * }
 * await router.close();
 * ```
 */
export class TooLateError extends MessagingError {
  override readonly name: string = "TooLateError";
  override readonly code = "ERR_TOO_LATE" as const;
}

/**
 * A handler awaits `stop()` of its own server, which waits for that handler. `ERR_DEADLOCK`. Call `stop()` without
 * `await`.
 *
 * @category Errors
 * @example
 * ```ts
 * import type { Handle } from "@awaitmq/core";
 * import { RequestClient, type ServerStats, serve } from "@awaitmq/patterns";
 *
 * const server: Handle<ServerStats> = serve("tcp://127.0.0.1:*", async () => {
 *   const error = await server.stop().catch((error) => error);
 *   console.log(error.code); // ERR_DEADLOCK
 *   return "stopping";
 * });
 * const client = new RequestClient({ connect: server.endpoints });
 * await client.request("stop");
 * await client.close();
 * await server.done;
 * ```
 */
export class DeadlockError extends MessagingError {
  override readonly name: string = "DeadlockError";
  override readonly code = "ERR_DEADLOCK" as const;
}
