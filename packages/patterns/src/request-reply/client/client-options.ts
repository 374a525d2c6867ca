/** What a `RequestClient` and its calls take. */

import type { Dealer } from "@awaitmq/core";
import { checkObject, checkOptions } from "@awaitmq/core/internals";
import {
  checkAbortSignal,
  checkBoolean,
  checkBound,
  checkCount,
  checkMilliseconds,
  checkNumber,
} from "../../concurrency/check.ts";

/** When a call is tried again. What may have been begun is tried again only if it is `idempotent`. */
export interface RetryOptions {
  /** Attempts of one call in all, 1 or more. @default 3 */
  readonly attempts?: number | undefined;
  /** Milliseconds before the first retry, at most: the delay is a random share of it. @default 50 */
  readonly delay?: number | undefined;
  /** By which the delay grows with each retry, 1 or more. @default 2 */
  readonly factor?: number | undefined;
  /** Milliseconds that the delay grows to. @default 1_000 */
  readonly maxDelay?: number | undefined;
  /** Milliseconds after which an attempt of an idempotent call is given up for another. @default Infinity */
  readonly attemptTimeout?: number | undefined;
  /**
   * Retries that there may be for each call, 0 to 1, so that an outage does not multiply the load. There are 10 to begin with, and those
   * that 100 calls earn are saved up. Free are retries of calls that a server refused because it ends, and the first of each call whose
   * server went away.
   *
   * @default 0.1
   */
  readonly budget?: number | undefined;
}

/** When an idempotent call goes to a second server as well. That is one of its `retry.attempts`. */
export interface HedgeOptions {
  /** Milliseconds after which an idempotent call that was sent and has no reply yet is sent to a second server too. */
  readonly after: number;
  /** Second attempts that there may be for each call, 0 to 1; 10 to begin with, and those that 100 calls earn saved up. @default 0.1 */
  readonly budget?: number | undefined;
}

/** Of a RequestClient: its servers, its bounds, and what holds for each call that does not say otherwise. */
export interface RequestClientOptions {
  /** Endpoints of servers that are equal to each other, one or more. */
  readonly connect: string | readonly string[];
  /** Milliseconds that a call may take in all. @default 5_000 */
  readonly timeout?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly hedge?: HedgeOptions | undefined;
  /** Requests that are with the servers at a time, 1 or more; further calls wait. @default 1_000 */
  readonly maxInFlight?: number | undefined;
  /** Calls that wait, 0 or more; one more rejects `QueueFullError`. @default 10_000 */
  readonly maxPending?: number | undefined;
  /** Options of the Dealer of each endpoint, such as the keys for CURVE. */
  readonly socket?: ConstructorParameters<typeof Dealer>[0];
}

/** Of one call; what is not given is as in the client's options. */
export interface RequestOptions {
  /** Gives up when aborted: the call rejects with `signal.reason`, and the server's handler is told. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that this call may take. @default that of the client */
  readonly timeout?: number | undefined;
  /**
   * Whether it does no harm if the request is handled twice: only then it is sent again when its fate is unknown.
   *
   * @default false
   */
  readonly idempotent?: boolean | undefined;
  /** For the queue of the server: -128 to 127, higher is sooner. @default 0 */
  readonly priority?: number | undefined;
}

/** Counts from the opening of the client on, but for the first two. */
export interface ClientStats {
  /** Requests that are with the servers now. */
  readonly inFlight: number;
  /** Calls that wait for a server now; not those between two attempts. */
  readonly waiting: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Attempts after the first of their call. */
  readonly retried: number;
  /** Second attempts beside one that had no reply yet. */
  readonly hedged: number;
  /** Replies that came after their call had settled. */
  readonly late: number;
  /** Messages that were no replies in the form of the envelope. */
  readonly invalid: number;
}

/** Options with their defaults. */
export interface CheckedClientOptions {
  readonly endpoints: readonly string[];
  readonly timeout: number;
  readonly retry: { readonly [Name in keyof RetryOptions]-?: number };
  readonly hedge: { readonly [Name in keyof HedgeOptions]-?: number } | undefined;
  readonly maxInFlight: number;
  readonly maxPending: number;
  readonly socket: object;
}

const retryNames = {
  attempts: true,
  delay: true,
  factor: true,
  maxDelay: true,
  attemptTimeout: true,
  budget: true,
} as const;
const hedgeNames = { after: true, budget: true } as const;
const clientNames = {
  connect: true,
  timeout: true,
  retry: true,
  hedge: true,
  maxInFlight: true,
  maxPending: true,
  socket: true,
} as const;
const requestNames = { signal: true, timeout: true, idempotent: true, priority: true } as const;

/** @throws TypeError, RangeError */
export function checkClientOptions(options: RequestClientOptions): CheckedClientOptions {
  checkOptions("RequestClient", options, clientNames);
  const { timeout = 5_000, retry = {}, hedge, maxInFlight = 1_000, maxPending = 10_000, socket = {} } = options;
  checkOptions("retry", retry, retryNames);
  const { attempts = 3, delay = 50, factor = 2, maxDelay = 1_000 } = retry;
  const { attemptTimeout = Number.POSITIVE_INFINITY, budget = 0.1 } = retry;
  const endpoints = typeof options.connect === "string" ? [options.connect] : options.connect;
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    throw new TypeError("connect must be an endpoint or an array of endpoints");
  for (const endpoint of endpoints)
    if (typeof endpoint !== "string")
      throw new TypeError(`An endpoint to connect to is a string, got ${typeof endpoint}`);
  checkObject("socket", socket);
  checkMilliseconds("timeout", timeout);
  checkCount("retry.attempts", attempts, 1);
  checkMilliseconds("retry.delay", delay);
  checkNumber("retry.factor", factor, 1);
  checkMilliseconds("retry.maxDelay", maxDelay);
  checkNumber("retry.attemptTimeout", attemptTimeout, 1);
  checkNumber("retry.budget", budget, 0, 1);
  checkBound("maxInFlight", maxInFlight, 1);
  checkBound("maxPending", maxPending, 0);
  if (hedge !== undefined) {
    checkOptions("hedge", hedge, hedgeNames);
    checkMilliseconds("hedge.after", hedge.after);
    checkNumber("hedge.budget", hedge.budget ?? 0.1, 0, 1);
  }
  return {
    endpoints: endpoints as readonly string[],
    timeout,
    retry: { attempts, delay, factor, maxDelay, attemptTimeout, budget },
    hedge: hedge && { after: hedge.after, budget: hedge.budget ?? 0.1 },
    maxInFlight,
    maxPending,
    socket,
  };
}

/** @throws TypeError, RangeError */
export function checkRequestOptions(options: RequestOptions): void {
  checkOptions("request", options, requestNames);
  const { signal, timeout, idempotent, priority } = options;
  if (timeout !== undefined) checkMilliseconds("timeout", timeout);
  if (priority !== undefined) {
    checkNumber("priority", priority, -128, 127);
    if (!Number.isInteger(priority)) throw new RangeError(`priority must be a whole number, got ${priority}`);
  }
  if (idempotent !== undefined) checkBoolean("idempotent", idempotent);
  checkAbortSignal(signal);
}
