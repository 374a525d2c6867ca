/** A call at its client: what the middleware sees. */

import type { Metadata, ReplyStream } from "@awaitmq/patterns";
import type { Method } from "../contract/method.ts";
import { checkNames } from "../contract/names.ts";
import type { Changeable } from "../middleware/layered.ts";

/**
 * What a middleware of a client sees.
 *
 * @category Middleware
 */
export interface ClientCall {
  /** The method that is called. Its `path` is `"prices.quote"`. */
  readonly method: Method;
  /** What the caller gives: a value or, if the method streams its input, an iterable. */
  readonly input: unknown;
  /** What goes with the call to `context.metadata` of the handler. */
  readonly metadata: Metadata;
  /** Aborts when the caller gives up, or leaves the stream. */
  readonly signal: AbortSignal | undefined;
}

/**
 * What a middleware of a client may change for the layers below.
 *
 * @category Middleware
 */
export interface ClientChanges {
  /** What is sent instead. */
  readonly input?: unknown;
  /** What goes with the call instead. Copy what is there: `{ ...call.metadata, token }`. */
  readonly metadata?: Metadata;
}

/**
 * A layer around the calls of a client. `next` resolves to the output: a value or, if the method streams its output, an
 * async iterable. The caller gets what this returns. To return nothing where `next` gave something is an error, because a
 * `return` was likely forgotten. A stream that `next` gave is left when the caller's stream is over.
 *
 * The time of a call, its signal and the end of the client limit its middleware too.
 *
 * @category Middleware
 */
export type ClientMiddleware = (call: ClientCall, next: (changes?: ClientChanges) => Promise<unknown>) => unknown;

export class RemoteCall implements ClientCall, Changeable<ClientChanges> {
  readonly method: Method;
  readonly input: unknown;
  readonly metadata: Metadata;
  readonly signal: AbortSignal | undefined;
  /** The streams that were opened for it. */
  readonly opened: ReplyStream<unknown>[];

  constructor(
    method: Method,
    input: unknown,
    metadata: Metadata,
    signal: AbortSignal | undefined,
    opened: ReplyStream<unknown>[] = [],
  ) {
    this.method = method;
    this.input = input;
    this.metadata = metadata;
    this.signal = signal;
    this.opened = opened;
  }

  with(changes: ClientChanges): this {
    checkNames("The changes of next", changes, ["input", "metadata"]);
    const input = "input" in changes ? changes.input : this.input;
    const metadata = changes.metadata ?? this.metadata;
    return new RemoteCall(this.method, input, metadata, this.signal, this.opened) as this;
  }
}
