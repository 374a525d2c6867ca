/** The options and counters of `serveBalanced`. */

import type { Dealer, Message, Sendable } from "@awaitmq/core";
import { type Checked, callback, checkWhole, oneOf, option, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import type { Failure } from "../message/error-reply.ts";
import type { Bind, Connect } from "../opening/opened-socket.ts";
import type { Answer } from "../streams/answer.ts";
import { checkWindow, type Window } from "../streams/window.ts";
import type { Exposure } from "../wire/error-body.ts";
import type { Metadata } from "../wire/metadata.ts";
import { mostConcurrency } from "./protocol.ts";

/** Options of the socket that `serveBalanced` opens. */
type DealerOptions = NonNullable<ConstructorParameters<typeof Dealer>[0]>;

/** Where the broker of a worker is. One endpoint: the sets of endpoints that other patterns take may name several. */
export type BrokerEndpoint =
  | string
  | readonly string[]
  | Bind<DealerOptions>
  | (Connect<DealerOptions> & { readonly connect: string | readonly string[] });

/**
 * What a handler gets besides the request.
 *
 * @category Broker
 */
export interface BalancedContext {
  /**
   * Aborts when the worker's signal does, and when the `grace` of a stop is over. In a streaming call it also aborts
   * when the client leaves or disconnects (`CancelledError`), breaks the protocol (`EnvelopeError`), or the broker
   * disconnects (`DisconnectedError`). Handlers that can stop early should then do so.
   */
  readonly signal: AbortSignal;
  /**
   * Aborts when the worker begins to shut down: it was stopped or failed (`UnavailableError`), its `signal` aborted
   * (with that reason), or its socket closed (`ClosedError`). `signal` follows when the `grace` of a stop is over. An
   * endless stream should end when this aborts. All requests of a worker share it. See
   * {@link RequestContext.stopping}.
   */
  readonly stopping: AbortSignal;
  /** What the client says about this call besides its message. Frozen, without a prototype. */
  readonly metadata: Metadata;
  /** Milliseconds until the client times out, now. Infinity if it does not, and for plain clients. */
  readonly remaining: number;
  /** What the client streams. Empty for a plain request. See {@link RequestContext.input}. */
  readonly input: AsyncIterableIterator<Message, undefined>;
}

/**
 * Answers a request, given its body, with one reply or a stream of replies.
 *
 * @category Broker
 */
export type BalancedHandler = (request: Message, context: BalancedContext) => Answer<Sendable>;

/**
 * Concurrency, error replies and shutdown of a worker.
 *
 * @category Broker
 */
export interface ServeBalancedOptions {
  /**
   * Requests handled at once: a whole number from 1 to 9 999 999. The broker sends no more than this before a reply. A
   * stream is one of them until its handler has finished.
   * @default 1
   */
  readonly concurrency?: number | undefined;
  /** Shuts the worker down when aborted, and aborts the signals of its handlers. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that a stop gives running handlers, those of streams too, before their signals abort, 0 or more.
   * @default 5_000
   */
  readonly grace?: number | undefined;
  /**
   * Milliseconds after that abort until the worker ends without the handlers that still run, 0 or more. A reply that
   * still has no room then is dropped, and `onError` gets a `TimeoutError`. Replies that were sent but have not left
   * yet get another 500 ms, whatever their `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /** What the worker lets each client stream ahead of its handler, per call. @default 256 items and 1 MiB */
  readonly window?: Window | undefined;
  /** What a `RequestClient` gets of an error that a handler throws. See {@link ServeOptions}. @default "message" */
  readonly exposeErrors?: "none" | "message" | "stack" | undefined;
  /**
   * Returns the reply to a plain client, such as a REQ, when a handler fails, streams, or returns something that cannot
   * be sent.
   * A `RequestClient` gets the error itself, as far as `exposeErrors` allows. If this throws, or returns
   * something that cannot be sent, a process warning is emitted, and the reply is one empty frame. It is not called for
   * an error that a contract of `@awaitmq/rpc` declares: that error is the reply. @default () => null, one empty frame
   */
  readonly errorReply?: ((error: unknown, request: Message) => Sendable | Promise<Sendable>) | undefined;
  /**
   * Called for each request that failed, with the id that its client gets. Also called for each reply that was dropped
   * because the socket's `sendTimeout` was over or its `maxPendingSends` were reached. A stream that drops an item for
   * this reason fails with `UnavailableError`. Its result is ignored. If it throws, that emits a process warning.
   */
  readonly onError?: ((error: unknown, request: Message, failure: Failure) => unknown) | undefined;
}

export const serveBalancedRules = {
  concurrency: option(checkConcurrency, 1),
  ...runningRules,
  window: option<Window>(checkWindow),
  exposeErrors: oneOf<Exposure>(["none", "message", "stack"], "message"),
  errorReply: callback<NonNullable<ServeBalancedOptions["errorReply"]>>(() => null),
  onError: callback<ServeBalancedOptions["onError"]>(),
} satisfies Rules<ServeBalancedOptions>;

/** The options with their defaults. */
export type CheckedServeBalancedOptions = Checked<typeof serveBalancedRules>;

/**
 * What a worker of a broker has done, and what it is doing.
 *
 * @category Broker
 */
export interface ServeBalancedStats {
  /** Requests being handled, and replies that wait for room. */
  readonly running: number;
  /** Requests whose handler returned a reply, and streams that were finished or left. */
  readonly served: number;
  /** Requests that failed, or whose reply was dropped. */
  readonly failed: number;
  /** Messages that were dropped because they do not follow the broker's protocol. */
  readonly invalid: number;
}

function checkConcurrency(name: string, value: unknown): void {
  checkWhole(name, value as number, 1);
  if ((value as number) > mostConcurrency)
    throw new RangeError(`${name} must be at most ${mostConcurrency}, got ${value}`);
}
