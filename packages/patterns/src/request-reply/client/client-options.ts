/** What a `RequestClient` and its calls take. */

import type { Dealer } from "@awaitmq/core";
import {
  bound,
  type Checked,
  checkGiven,
  checkObject,
  checkWhole,
  count,
  flag,
  milliseconds,
  number,
  option,
  type Rules,
  readOptions,
  required,
  signal,
  waitRules,
} from "@awaitmq/core/internals";
import { checkServers, type Servers } from "../../opening/servers.ts";
import { type ValueOptions, valueRules } from "../../value/values.ts";

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
  /**
   * Servers that are equal to each other: an endpoint, several, or an async iterable of sets of them. Each set names all servers there are
   * from then on: the client connects to those that are new, and disconnects from those that are missing, as by its methods of that name.
   */
  readonly connect: Servers;
  /** Milliseconds that a call may take in all. @default 5_000 */
  readonly timeout?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly hedge?: HedgeOptions | undefined;
  /** Requests that are with the servers at a time, 1 or more; further calls wait. @default 1_000 */
  readonly maxInFlight?: number | undefined;
  /** Calls that wait, 0 or more; one more rejects `QueueFullError`. @default 10_000 */
  readonly maxPending?: number | undefined;
  /**
   * Whether calls wait while no server is connected. With false such a call rejects `UnavailableError` at once: await `ready` before the first.
   *
   * @default true
   */
  readonly waitForServer?: boolean | undefined;
  /** Closes the client when aborted, as `close` does, but that all calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Options of the Dealer of each endpoint, such as the keys for CURVE. */
  readonly socket?: ConstructorParameters<typeof Dealer>[0];
}

/** Of one call; what is not given is as in the client's options. */
export interface CallOptions {
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
  /** Whether this call waits while no server is connected. @default that of the client */
  readonly waitForServer?: boolean | undefined;
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

/** Those of `retry` and `hedge` have rules of their own. */
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
} satisfies Rules<CallOptions>;

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

/** @throws TypeError, RangeError */
export function checkCallOptions(options: CallOptions): void {
  checkGiven("request", callRules, options);
}
