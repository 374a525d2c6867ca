/** The options and counters of `route`, and what it returns. */

import type { Handle, Message, Router, Sendable } from "@awaitmq/core";
import { bound, type Checked, milliseconds, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import { invalidRule, type OnInvalid, type ValueOptions, valueRules } from "../value/values.ts";
import type { RoutedPeer } from "./routed-peer.ts";

/** Options of the socket that `route` opens. */
export type RouterOptions = NonNullable<ConstructorParameters<typeof Router>[0]>;

/**
 * Queue limits per peer, and shutdown.
 *
 * @category Channels
 */
export interface RouteOptions {
  /** Messages of one peer that may wait for their reader: a whole number, 1 or more, or Infinity. @default 1_000 */
  readonly maxQueued?: number | undefined;
  /** New peers that may wait for the loop over peers: a whole number, 1 or more, or Infinity. @default 1_000 */
  readonly maxArrivals?: number | undefined;
  /**
   * Milliseconds that the router waits for the reader of a full queue, 0 or more. Meanwhile the other peers wait too.
   *
   * Then this peer is dropped: its reader gets what is queued, and then a `QueueFullError`. What the peer sends until
   * it disconnects is discarded. When `maxArrivals` new peers wait, the router waits for the loop over peers in the
   * same way. Then it drops the newest peer, and further new ones at once, until the loop takes one. Infinity never
   * drops a peer.
   *
   * @default 5_000
   */
  readonly patience?: number | undefined;
  /** Milliseconds that `stop` gives readers to take what has arrived, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds after `grace` for sent messages to leave, 0 or more; then they are dropped. It applies to a socket
   * that the route opened. @default 5_000
   */
  readonly force?: number | undefined;
  /** Ends the route at once and in good order when aborted: the loops over peers and over their messages end. */
  readonly signal?: AbortSignal | undefined;
}

/** What happens to messages that cannot be read as values. */
export interface InvalidOption {
  /**
   * Called for each message of a peer that cannot be read, without its routing id. The message is skipped, and the
   * peer's readers get the next one. Its result is ignored. If it throws, that emits a process warning. @default the
   * reader gets the error: `receive` rejects, and the loop throws
   */
  readonly onInvalid?: OnInvalid | undefined;
}

export const routeRules = {
  maxQueued: bound(1, 1_000),
  maxArrivals: bound(1, 1_000),
  patience: milliseconds(5_000),
  ...runningRules,
  ...valueRules,
  onInvalid: invalidRule,
} satisfies Rules<RouteOptions & ValueOptions & InvalidOption>;

/** The options with their defaults. */
export type CheckedRouteOptions = Checked<typeof routeRules>;

/**
 * Counters of a route's peers and messages.
 *
 * @category Channels
 */
export interface RouteStats {
  /** Peers that are connected now. */
  readonly peers: number;
  /** Peers so far. A peer that reconnects counts again. */
  readonly arrived: number;
  /** Peers that were dropped because nobody read their messages, or because the loop over peers did not take them. */
  readonly dropped: number;
  /** Messages that a reader asked for and the codec or the schema refused. */
  readonly invalid: number;
  /** Messages that wait for their readers now. */
  readonly waiting: number;
}

/**
 * The handle of a route: a loop over its new peers. Leaving the loop ends the route at once.
 *
 * @category Channels
 */
export interface Peers<In = Message, Out = Sendable>
  extends Handle<RouteStats>,
    AsyncIterableIterator<RoutedPeer<In, Out>, undefined> {
  /** The number of connected peers. */
  readonly size: number;
  /** The connected peer with this routing id, or undefined. */
  get(id: Uint8Array | string): RoutedPeer<In, Out> | undefined;
}
