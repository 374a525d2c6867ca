/** The options of a `RequestClient` and its calls, and its counters. */

import type { Dealer, Sendable } from "@awaitmq/core";
import {
  bound,
  type Checked,
  checkGiven,
  checkObject,
  checkWhole,
  count,
  flag,
  milliseconds,
  nameOf,
  number,
  option,
  type Rules,
  readOptions,
  required,
  signal,
  waitRules,
} from "@awaitmq/core/internals";
import { checkServers, type Servers } from "../../opening/servers.ts";
import { checkWindow, type Window } from "../../streams/window.ts";
import { type ValueOptions, valueRules } from "../../value/values.ts";
import { checkMetadata, type Metadata } from "../../wire/metadata.ts";

/**
 * When a call is retried. A request that a server may have begun is retried only if it is `idempotent`.
 *
 * @category Request and reply
 */
export interface RetryOptions {
  /** Attempts per call in all, 1 or more. @default 3 */
  readonly attempts?: number | undefined;
  /** The longest delay before the first retry, in milliseconds. The delay is a random share of it. @default 50 */
  readonly delay?: number | undefined;
  /** The factor by which the delay grows with each retry, 1 or more. @default 2 */
  readonly factor?: number | undefined;
  /** The limit of that growth, in milliseconds. @default 1_000 */
  readonly maxDelay?: number | undefined;
  /** Milliseconds after which an attempt of an idempotent call times out and is retried. @default Infinity */
  readonly attemptTimeout?: number | undefined;
  /**
   * Retries earned per call, 0 to 1, so that an outage does not multiply the load. A client starts with 10, and saves
   * up what 100 calls earn.
   *
   * Two kinds are free: retries of calls that a server refused because it shuts down, and the first retry of each call
   * whose server disconnected.
   *
   * @default 0.1
   */
  readonly budget?: number | undefined;
}

/**
 * When an idempotent call also goes to a second server. That counts as one of its `retry.attempts`.
 *
 * @category Request and reply
 */
export interface HedgeOptions {
  /** Milliseconds without a reply after which an idempotent call is also sent to a second server. */
  readonly after: number;
  /**
   * Second attempts earned per call, 0 to 1. A client starts with 10, and saves up what 100 calls earn. @default 0.1
   */
  readonly budget?: number | undefined;
}

/**
 * Servers, limits, and the defaults of calls.
 *
 * @category Request and reply
 */
export interface RequestClientOptions {
  /**
   * The servers, which must be equivalent: an endpoint, several, or an async iterable of sets. Each set replaces the
   * one before: the client connects to new servers, and disconnects from missing ones, as its methods of that name do.
   */
  readonly connect: Servers;
  /** Milliseconds that a call may take, including its retries. @default 5_000 */
  readonly timeout?: number | undefined;
  /** When calls are retried. */
  readonly retry?: RetryOptions | undefined;
  /** When an idempotent call also goes to a second server. @default never */
  readonly hedge?: HedgeOptions | undefined;
  /**
   * Requests in flight at once, 1 or more. Further calls wait. A stream that was left counts until its server's handler
   * has finished, at most for `grace`.
   *
   * A request whose call was cancelled or timed out no longer counts, although the server keeps it until its handler
   * has ended. If handlers ignore their signals, the server may refuse further calls with `OverloadedError`
   * (`maxQueuedPerPeer`). @default 1_000
   */
  readonly maxInFlight?: number | undefined;
  /** Calls that may wait, 0 or more. One more rejects with `QueueFullError`. @default 10_000 */
  readonly maxPending?: number | undefined;
  /**
   * Whether calls wait while no server is connected. If false, such a call rejects at once with `UnavailableError`:
   * await `ready` before the first call. @default true
   */
  readonly waitForServer?: boolean | undefined;
  /** Closes the client when aborted. All calls then reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Options of the Dealer of each endpoint, such as CURVE keys. */
  readonly socket?: ConstructorParameters<typeof Dealer>[0];
}

/**
 * The options of one call. Missing ones are as in the client's options.
 *
 * @category Request and reply
 */
export interface CallOptions {
  /** Cancels the call when aborted: it rejects with `signal.reason`, and the server's handler is notified. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that this call may take. @default that of the client */
  readonly timeout?: number | undefined;
  /**
   * Whether handling the request twice is harmless. Only then is it sent again when its fate is unknown. @default false
   */
  readonly idempotent?: boolean | undefined;
  /** The priority in the server's queue, -128 to 127. Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /** Whether this call waits while no server is connected. @default that of the client */
  readonly waitForServer?: boolean | undefined;
  /** What the handler gets as `context.metadata`: at most 8 KiB. Plain servers ignore it. @default none */
  readonly metadata?: Metadata | undefined;
}

/**
 * The options of one streaming call. Missing ones are as in the client's options.
 *
 * @category Request and reply
 */
export interface StreamCallOptions<Request = Sendable> extends CallOptions {
  /** Milliseconds that the whole call may take. @default Infinity */
  readonly timeout?: number | undefined;
  /** Milliseconds that reads wait for the next item at most. Then the call is cancelled. @default Infinity */
  readonly idleTimeout?: number | undefined;
  /**
   * What the client streams to the handler: any iterable or async iterable of messages or, with a codec, of values.
   *
   * The call then begins at once. The input is read as the handler reads it, at most the server's `window` ahead. If
   * the call ends early, or the handler leaves its input, `return` of the iterator is called. If the input throws, the
   * call is cancelled, and the stream throws that error.
   */
  readonly input?: Iterable<Request> | AsyncIterable<Request> | undefined;
  /** What the handler may stream ahead of the reader. @default 256 items and 1 MiB */
  readonly window?: Window | undefined;
  /**
   * Milliseconds that leaving the stream waits for the handler to finish, 0 or more. The handler's signal aborts at
   * once. @default 5_000
   */
  readonly grace?: number | undefined;
}

/**
 * Counters since the client was opened. The first two are current values.
 *
 * @category Request and reply
 */
export interface ClientStats {
  /**
   * Requests in flight now, without streams that were left. Those count towards `maxInFlight` until their handlers have
   * finished.
   */
  readonly inFlight: number;
  /** Calls that wait for a server now, without those between two attempts. */
  readonly waiting: number;
  /** Calls that got a reply, and streams that ended or were left. */
  readonly succeeded: number;
  /** Calls that failed. */
  readonly failed: number;
  /** Attempts after the first of their call. */
  readonly retried: number;
  /** Second attempts, sent while the first had no reply yet. */
  readonly hedged: number;
  /** Replies that came after their call had settled. */
  readonly late: number;
  /** Messages that were not replies in the envelope format. */
  readonly invalid: number;
}

const retryRules = {
  attempts: count(1, 3),
  delay: milliseconds(50),
  factor: number(1, Number.POSITIVE_INFINITY, 2),
  maxDelay: milliseconds(1_000),
  attemptTimeout: number(1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
  budget: number(0, 1, 0.1),
} satisfies Rules<RetryOptions>;

const hedgeRules = {
  after: required(milliseconds()),
  budget: number(0, 1, 0.1),
} satisfies Rules<HedgeOptions>;

/** `retry` and `hedge` have their own rules. */
const unchecked = (): void => {};

const clientRules = {
  connect: required(option<Servers>((_, value) => checkServers("connect must be", value))),
  timeout: milliseconds(5_000),
  retry: option<RetryOptions>(unchecked, {}),
  hedge: option<HedgeOptions>(unchecked),
  maxInFlight: bound(1, 1_000),
  maxPending: bound(0, 10_000),
  waitForServer: flag(true),
  signal: signal(),
  socket: option<object>(checkObject, {}),
  ...valueRules,
} satisfies Rules<RequestClientOptions>;

const callRules = {
  ...waitRules,
  idempotent: flag(),
  priority: option<number>((name, value) => checkWhole(name, value, -128, 127)),
  waitForServer: flag(),
  metadata: option<Metadata>(checkMetadata),
} satisfies Rules<CallOptions>;

export const streamRules = {
  ...callRules,
  idleTimeout: milliseconds(Number.POSITIVE_INFINITY),
  input: option<Iterable<unknown> | AsyncIterable<unknown>>(checkInput),
  window: option<Window>(checkWindow),
  grace: milliseconds(5_000),
} satisfies Rules<StreamCallOptions<unknown>>;

/** Options with their defaults. */
export type CheckedClientOptions = Omit<Checked<typeof clientRules>, "retry" | "hedge"> & {
  readonly retry: Checked<typeof retryRules>;
  readonly hedge: Checked<typeof hedgeRules> | undefined;
};

/** @throws TypeError, RangeError */
export function readClientOptions(options: RequestClientOptions & ValueOptions): CheckedClientOptions {
  const checked = readOptions("RequestClient", clientRules, options);
  const { retry, hedge } = checked;
  return {
    ...checked,
    retry: readOptions("retry", retryRules, retry, "retry."),
    hedge: hedge === undefined ? undefined : readOptions("hedge", hedgeRules, hedge, "hedge."),
  };
}

/**
 * Returns the options of a streaming call with their defaults.
 *
 * @throws TypeError, RangeError
 */
export function readStreamOptions(options: StreamCallOptions<never>): Checked<typeof streamRules> {
  return readOptions("stream", streamRules, options);
}

/** @throws TypeError */
function checkInput(name: string, value: unknown): void {
  const isIterable = typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
  if (!isIterable || !(Symbol.asyncIterator in value || Symbol.iterator in value))
    throw new TypeError(`${name} must be an iterable or async iterable of messages, got ${nameOf(value)}`);
}

/** @throws TypeError, RangeError */
export function checkCallOptions(options: CallOptions): void {
  checkGiven("request", callRules, options);
}
