/** What `serve` takes beside the socket and the handler, and what a handler is told. */

import type { Message, Sendable } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import {
  checkAbortSignal,
  checkBoolean,
  checkBound,
  checkFunction,
  checkMilliseconds,
  checkNumber,
} from "../../concurrency/check.ts";
import type { EnvelopeError } from "../../errors.ts";

/** What a handler is told beside the message. */
export interface RequestContext {
  /**
   * Aborts when nobody waits for the reply any more: the client cancelled (`CancelledError`), its time ran out (core's
   * `TimeoutError`), it went away (`DisconnectedError`), or the server ends (`UnavailableError`, or the reason of `signal`).
   */
  readonly signal: AbortSignal;
  /** The routing id of the connection that the request came by: the client's, or that of the proxy nearest to the server. */
  readonly peer: Buffer;
  /** As the client asked for it, -128 to 127; 0 if it did not. */
  readonly priority: number;
}

/** Answers a request: with one frame or several, or by throwing. */
export type RequestHandler = (message: Message, context: RequestContext) => Sendable | Promise<Sendable>;

/** The bounds of a server, and how it ends. */
export interface ServeOptions {
  /** Handlers that run at once, 1 or more. @default Infinity */
  readonly concurrency?: number | undefined;
  /**
   * Requests that wait beyond those, 0 or more. One more is refused: its client gets `OverloadedError` at once.
   *
   * @default 1_000
   */
  readonly queue?: number | undefined;
  /**
   * Requests of one peer that may be unanswered at a time, 1 or more, replies that the peer does not collect included. One more is
   * refused.
   *
   * @default 1_000
   */
  readonly queuePerPeer?: number | undefined;
  /** Milliseconds that `stop` and disposal give running handlers before their signals abort, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds that a reply waits for a client that does not collect it, before it is dropped and counted as `undelivered`.
   *
   * @default 10_000
   */
  readonly replyTimeout?: number | undefined;
  /**
   * Milliseconds between looks whether the clients of running handlers are still there, where libzmq can't tell that a peer
   * went. Infinity for never.
   *
   * @default 20, and Infinity where libzmq tells
   */
  readonly probeInterval?: number | undefined;
  /** Ends the server when aborted, as `stop` does with no `grace`: the handlers' signals abort at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether clients are told the stack of what a handler throws. @default false */
  readonly exposeStack?: boolean | undefined;
  /**
   * What a client without the envelope's header, a plain REQ, gets as the reply when its request failed: a handler threw, or the
   * request was refused. It is also called for other clients, which get the error itself. What it throws counts as null.
   *
   * @default () => null, one empty frame
   */
  readonly onError?: ((error: unknown, message: Message) => Sendable | Promise<Sendable>) | undefined;
  /**
   * Called for each message that is no request in the form of the envelope. It is dropped, and counted as `invalid`. What this throws is
   * a process warning.
   */
  readonly onInvalid?: ((error: EnvelopeError, frames: Message) => unknown) | undefined;
}

/** Counts from the start of the server on, but for the first two. */
export interface ServerStats {
  /** Handlers that run now. */
  readonly running: number;
  /** Requests that wait for their turn now. */
  readonly queued: number;
  /** Handlers that gave a reply. */
  readonly served: number;
  /** Handlers that threw. */
  readonly failed: number;
  /** Requests that were refused: too many, or the server was about to end. */
  readonly refused: number;
  /** Requests whose time ran out, or that were cancelled, before a handler began. */
  readonly dropped: number;
  /** Replies that their client did not get: it was gone, or did not collect them. */
  readonly undelivered: number;
  /** Messages that were no requests in the form of the envelope. */
  readonly invalid: number;
}

/** Options with their defaults. */
export type CheckedServeOptions = {
  readonly [Name in Exclude<keyof ServeOptions, "signal" | "probeInterval" | "onInvalid">]-?: Exclude<
    ServeOptions[Name],
    undefined
  >;
};

const names = {
  concurrency: true,
  queue: true,
  queuePerPeer: true,
  grace: true,
  replyTimeout: true,
  probeInterval: true,
  signal: true,
  exposeStack: true,
  onError: true,
  onInvalid: true,
} as const;

/** @throws TypeError, RangeError */
export function checkServeOptions(options: ServeOptions): CheckedServeOptions {
  checkOptions("serve", options, names);
  const { concurrency = Number.POSITIVE_INFINITY, queue = 1_000, queuePerPeer = 1_000, grace = 5_000 } = options;
  const { replyTimeout = 10_000, exposeStack = false, onError = () => null } = options;
  checkBound("concurrency", concurrency, 1);
  checkBound("queue", queue, 0);
  checkBound("queuePerPeer", queuePerPeer, 1);
  checkMilliseconds("grace", grace);
  checkMilliseconds("replyTimeout", replyTimeout);
  if (options.probeInterval !== undefined) checkNumber("probeInterval", options.probeInterval, 1);
  checkBoolean("exposeStack", exposeStack);
  checkFunction("onError", onError);
  if (options.onInvalid !== undefined) checkFunction("onInvalid", options.onInvalid);
  checkAbortSignal(options.signal);
  return { concurrency, queue, queuePerPeer, grace, replyTimeout, exposeStack, onError };
}
