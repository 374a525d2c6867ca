/** What `route` takes and tells. */

import type { Handle, Message, Router, Sendable } from "@awaitmq/core";
import { bound, type Checked, milliseconds, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import { type ValueOptions, valueRules } from "../value/values.ts";
import type { RoutedPeer } from "./routed-peer.ts";

/** Options of the socket that `route` opens. */
export type RouterOptions = NonNullable<ConstructorParameters<typeof Router>[0]>;

/** How much may wait for each peer, and what ends it. */
export interface RouteOptions {
  /** Messages of one peer that wait for their reader, a whole number, 1 or more, or Infinity. @default 1_000 */
  readonly maxQueued?: number | undefined;
  /**
   * Milliseconds, 0 or more, that the router waits for the reader of a full queue, which keeps the other peers waiting. Then this peer
   * is dropped: its reader gets what is queued and then a `QueueFullError`, and what else it sends before it disconnects is
   * discarded. Infinity never drops a peer. @default 5_000
   */
  readonly patience?: number | undefined;
  /** Milliseconds that `stop` gives readers for what has arrived, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /** Ends all at once, in good order: the loops over peers and over their messages end. */
  readonly signal?: AbortSignal | undefined;
}

export const routeRules = {
  maxQueued: bound(1, 1_000),
  patience: milliseconds(5_000),
  grace: runningRules.grace,
  signal: runningRules.signal,
  ...valueRules,
} satisfies Rules<RouteOptions & ValueOptions>;

/** The options with their defaults. */
export type CheckedRouteOptions = Checked<typeof routeRules>;

/** Of a Router's peers. */
export interface RouteStats {
  /** Peers that are there now. */
  readonly peers: number;
  /** Peers that have come so far; one that comes again counts again. */
  readonly arrived: number;
  /** Peers that were dropped, since nobody read them. */
  readonly dropped: number;
  /** Messages that wait for their readers now. */
  readonly waiting: number;
}

/** The peers of a Router: a loop gives each that is new, `get` those that are there. Leaving the loop ends all at once. */
export interface Peers<In = Message, Out = Sendable>
  extends Handle<RouteStats>,
    AsyncIterableIterator<RoutedPeer<In, Out>, undefined> {
  /** How many peers there are. */
  readonly size: number;
  /** The peer with that routing id, if it is there. */
  get(id: Uint8Array | string): RoutedPeer<In, Out> | undefined;
}
