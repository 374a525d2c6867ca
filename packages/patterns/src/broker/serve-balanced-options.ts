/** What `serveBalanced` takes and tells. */

import type { Dealer, Message, Sendable } from "@awaitmq/core";
import { type Checked, callback, checkWhole, option, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import { mostConcurrency } from "./protocol.ts";

/** Options of the socket that `serveBalanced` opens. */
export type DealerOptions = NonNullable<ConstructorParameters<typeof Dealer>[0]>;

/** What a handler is told besides the request. */
export interface BalancedContext {
  /** Aborted when the worker is, and at the end of the `grace` of its stop: a handler that can end early does so. */
  readonly signal: AbortSignal;
}

/** Answers a request, of which it gets the body. */
export type BalancedHandler = (request: Message, context: BalancedContext) => Sendable | Promise<Sendable>;

/** How many requests a worker works on at once, what a failure is answered, and what ends it. */
export interface ServeBalancedOptions {
  /** How many requests are handled at once, and so the most that the broker sends before a reply, a whole number from 1 to 9 999 999. @default 1 */
  readonly concurrency?: number | undefined;
  /** Ends the worker when aborted, and so are the signals of its handlers. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that a stop gives to what runs before its signal aborts, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds from the abort on until the worker ends without what still runs, 0 or more. A reply that has no room by then is dropped, and
   * `onError` is told by a `TimeoutError`. What was sent and has not left has half a second more, whatever its `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /**
   * What to reply when a handler fails or gives what can't be sent. What it throws itself, or gives that can't be sent,
   * is a process warning, and the reply is one empty frame. @default () => null, one empty frame
   */
  readonly errorReply?: ((error: unknown, request: Message) => Sendable | Promise<Sendable>) | undefined;
  /** Told of each request that failed, and of replies that were dropped. It changes nothing; what it throws is a process warning. */
  readonly onError?: ((error: unknown, request: Message) => unknown) | undefined;
}

export const serveBalancedRules = {
  concurrency: option(checkConcurrency, 1),
  ...runningRules,
  errorReply: callback<NonNullable<ServeBalancedOptions["errorReply"]>>(() => null),
  onError: callback<ServeBalancedOptions["onError"]>(),
} satisfies Rules<ServeBalancedOptions>;

/** The options with their defaults. */
export type CheckedServeBalancedOptions = Checked<typeof serveBalancedRules>;

/** What a worker of a broker has done, and does now. */
export interface ServeBalancedStats {
  /** Requests that are handled, or whose replies wait for room. */
  readonly running: number;
  /** Requests whose handler gave a reply. */
  readonly served: number;
  /** Requests that failed, or whose reply was dropped. */
  readonly failed: number;
  /** Messages that were dropped, since they are not in the form of the broker. */
  readonly invalid: number;
}

function checkConcurrency(name: string, value: unknown): void {
  checkWhole(name, value as number, 1);
  if ((value as number) > mostConcurrency)
    throw new RangeError(`${name} must be at most ${mostConcurrency}, got ${value}`);
}
