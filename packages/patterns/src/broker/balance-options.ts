/** The options and counters of `balance`. */

import type { Message, MessagingError } from "@awaitmq/core";
import {
  bound,
  type Checked,
  callback,
  count,
  milliseconds,
  option,
  type Rules,
  readOptions,
} from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import { checkLinkTimeout } from "./link-timeout.ts";

/**
 * Limits, timeouts and callbacks of a broker.
 *
 * @category Broker
 */
export interface BalanceOptions {
  /**
   * Requests that may wait for a worker: a whole number, 1 or more, or Infinity. At the limit the broker stops reading
   * the frontend.
   *
   * While streams run, it reads on for them. Then further calls of a `RequestClient` fail with `OverloadedError`, which
   * it may retry. Requests of plain clients, such as REQ sockets, are dropped, and `onUndeliverable` gets them.
   * @default 1_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Requests that one worker may hold, whatever it announces: a whole number, 1 or more. A stream counts as one until
   * its handler has finished. So a worker that takes requests and never answers blocks at most this many. A worker with
   * a higher `concurrency` is fully used only with a higher credit. @default 100
   */
  readonly credit?: number | undefined;
  /**
   * Workers that may be lost while they hold the same request: a whole number, 1 or more, or Infinity. The request is
   * then dropped, because it may be what crashes them. A call of a `RequestClient` fails at once with
   * `DisconnectedError`, and is not retried. Plain clients, such as REQ sockets, are not notified. A stream whose handler
   * had begun fails like this whatever `maxAttempts` says.
   *
   * With 1, a call that is not `idempotent` is handled at most once, as with `serve`. It then also fails if its worker
   * had not begun it, because the broker does not know that. A worker that signs off does not count: its requests go to
   * others. So give `stop` of workers enough `force` that no handler still runs then. And let the broker open the
   * frontend: to one that was passed in, a broker that ends gives requests back that workers still hold. @default 10
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Milliseconds of silence on a link after which its worker counts as lost, 1_000 to 6_000_000. Infinity leaves this
   * to TCP, which takes minutes or never notices.
   *
   * It uses ZMTP heartbeats, which libzmq answers from 4.2 on, even while the worker's own thread is busy. A backend
   * with a `heartbeatInterval` of its own keeps that. @default 4_000
   */
  readonly linkTimeout?: number | undefined;
  /**
   * Milliseconds that a reply waits for a client whose queue is full because it does not read, 0 or more. Then the
   * reply is dropped. If it is an item of a stream, that fails with `UnavailableError` when its client reads again.
   * @default 5_000
   */
  readonly replyTimeout?: number | undefined;
  /**
   * Replies that may wait like this per client: a whole number, 1 or more, or Infinity. One more is dropped at once.
   * Items of streams count too; those that leave together count as one. @default 1_000
   */
  readonly maxQueuedReplies?: number | undefined;
  /**
   * Called for each dropped reply, and for each dropped message of a stream: its client disconnected or did not read in
   * time. Also called, with a `DisconnectedError`, for each request that was dropped after `maxAttempts`, and with an
   * `OverloadedError` for each that was dropped because of `maxQueued`. Its result is ignored. If it throws, that emits a
   * process warning.
   */
  readonly onUndeliverable?: ((message: Message, error: MessagingError) => unknown) | undefined;
  /**
   * Milliseconds that `stop` gives workers to answer requests that were already read, and to finish streams, 0 or more.
   * Streams that still run then fail with `UnavailableError`. @default 5_000
   */
  readonly grace?: number | undefined;
  /**
   * Milliseconds after `grace` for replies that wait for their clients, 0 or more. Then they are dropped. Replies that
   * were sent but have not left yet get another 500 ms, whatever their `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /** Shuts the broker down gracefully when aborted, but without `grace`. */
  readonly signal?: AbortSignal | undefined;
}

const balanceRules = {
  maxQueued: bound(1, 1_000),
  credit: count(1, 100),
  maxAttempts: bound(1, 10),
  linkTimeout: option(checkLinkTimeout, 4_000),
  replyTimeout: milliseconds(5_000),
  maxQueuedReplies: bound(1, 1_000),
  onUndeliverable: callback<BalanceOptions["onUndeliverable"]>(),
  ...runningRules,
} satisfies Rules<BalanceOptions>;

/** The options with their defaults. */
export type CheckedBalanceOptions = Checked<typeof balanceRules>;

/** @throws TypeError, RangeError */
export function readBalanceOptions(options: BalanceOptions): CheckedBalanceOptions {
  return readOptions("balance", balanceRules, options);
}

/**
 * What a broker has done, and what it holds.
 *
 * @category Broker
 */
export interface BalanceStats {
  /** Requests that wait for a worker now. */
  readonly waiting: number;
  /** Requests that workers hold now. */
  readonly held: number;
  /** Requests given to workers. A request that is given again counts again. */
  readonly given: number;
  /** Replies queued for their clients, and streams that their workers have finished. */
  readonly answered: number;
  /** Requests taken back from workers that left or were lost, for others. */
  readonly takenBack: number;
  /** Replies and messages of streams that were dropped, and requests dropped because of `maxAttempts` or `maxQueued`. */
  readonly undeliverable: number;
  /**
   * Messages that were dropped: from workers, those that answer no request they hold; from anyone, those with too many
   * frames.
   */
  readonly ignored: number;
  /**
   * Requests without a reply when the broker ended. They go back to a frontend that was passed in and is open;
   * otherwise they are lost.
   */
  readonly unanswered: number;
}
