/** What `balance` takes beside its sockets, and what it counts. */

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

/** The bounds of a broker, and what ends it. */
export interface BalanceOptions {
  /** Requests that wait for a worker, a whole number, 1 or more, or Infinity. Past it the frontend is not read. @default 1_000 */
  readonly maxQueued?: number | undefined;
  /**
   * The most requests that a worker may hold, whatever it announces, a whole number, 1 or more: so many wait in vain for one that takes requests
   * and never answers. A worker with a larger `concurrency` is used in full only with a larger credit. @default 100
   */
  readonly credit?: number | undefined;
  /**
   * Workers that may be lost while they hold the same request, a whole number, 1 or more, or Infinity; then it is dropped, since it may be what ends them.
   * One that takes leave does not count. @default 10
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Milliseconds, 1_000 to 6_000_000, after which a worker is gone whose link has fallen silent; Infinity leaves it to TCP, which takes minutes
   * or for ever. By ZMTP heartbeats, which libzmq answers from 4.2 on, also while a worker's own thread is busy. A backend with a
   * `heartbeatInterval` of its own keeps that. @default 4_000
   */
  readonly linkTimeout?: number | undefined;
  /**
   * Milliseconds, 0 or more, that a reply may wait for a client whose queue is full because it does not read; then the reply is
   * dropped. @default 5_000
   */
  readonly replyTimeout?: number | undefined;
  /** Replies that may wait so for one client, a whole number, 1 or more, or Infinity. One more is dropped at once. @default 1_000 */
  readonly maxQueuedReplies?: number | undefined;
  /**
   * Told of a reply that was dropped: its client is gone, or did not read for too long. And, with a `DisconnectedError`, of a request that
   * was dropped after `maxAttempts`. It changes nothing; what it throws is a process warning.
   */
  readonly onUndeliverable?: ((message: Message, error: MessagingError) => unknown) | undefined;
  /** Milliseconds that `stop` gives workers to answer what was read before, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds from then on for replies that wait for their clients, 0 or more; then they are dropped. Those that were sent and have not left have
   * half a second more, whatever their `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /** Ends the broker in good order, without `grace`. */
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

/** What a broker has done, and what it holds. */
export interface BalanceStats {
  /** Requests that wait for a worker now. */
  readonly waiting: number;
  /** Requests that workers hold now. */
  readonly held: number;
  /** Requests given to workers, those given once more included. */
  readonly given: number;
  /** Replies that reached the queues of their clients. */
  readonly answered: number;
  /** Requests taken back from workers that were gone. */
  readonly takenBack: number;
  /** Replies that were dropped, and requests that had lost `maxAttempts` workers. */
  readonly undeliverable: number;
  /** Messages that were dropped: of workers, no reply to what they held; of anybody, with more frames than the envelope has. */
  readonly ignored: number;
  /** Requests without an answer when the broker ended. They are back at a frontend that was handed in and is open; otherwise they are lost. */
  readonly unanswered: number;
}
