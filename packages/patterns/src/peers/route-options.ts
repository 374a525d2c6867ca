/** What `route` takes and tells. */

import type { Handle, Message, Router, Sendable } from "@awaitmq/core";
import { bound, type Checked, milliseconds, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import { invalidRule, type OnInvalid, type ValueOptions, valueRules } from "../value/values.ts";
import type { RoutedPeer } from "./routed-peer.ts";

/** Options of the socket that `route` opens. */
export type RouterOptions = NonNullable<ConstructorParameters<typeof Router>[0]>;

/** How much may wait for each peer, and what ends it. */
export interface RouteOptions {
  /** Messages of one peer that wait for their reader, a whole number, 1 or more, or Infinity. @default 1_000 */
  readonly maxQueued?: number | undefined;
  /** New peers that wait for the loop over peers, a whole number, 1 or more, or Infinity. @default 1_000 */
  readonly maxArrivals?: number | undefined;
  /**
   * Milliseconds, 0 or more, that the router waits for the reader of a full queue, which keeps the other peers waiting. Then this peer
   * is dropped: its reader gets what is queued and then a `QueueFullError`, and what else it sends before it disconnects is
   * discarded. It waits for the loop over peers likewise when `maxArrivals` new ones wait, and then drops the newest, and further ones without
   * delay until the loop takes one. Infinity never drops a peer. @default 5_000
   */
  readonly patience?: number | undefined;
  /** Milliseconds that `stop` gives readers for what has arrived, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /** Milliseconds from then on, 0 or more, until what was sent and has not left is dropped, where the route closes its socket. @default 5_000 */
  readonly force?: number | undefined;
  /** Ends all at once, in good order: the loops over peers and over their messages end. */
  readonly signal?: AbortSignal | undefined;
}

/** Is told of values that can't be read, where there are values. */
export interface InvalidOption {
  /**
   * Told of each message of a peer that can't be read, without its routing id; it is left out, and the readers of that peer go on with the next. It
   * changes nothing; what it throws is a process warning. @default the reader of that message is told: its `receive` rejects, its loop throws
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

/** Of a Router's peers. */
export interface RouteStats {
  /** Peers that are there now. */
  readonly peers: number;
  /** Peers that have come so far; one that comes again counts again. */
  readonly arrived: number;
  /** Peers that were dropped, since nobody read them, or the loop over peers did not take them. */
  readonly dropped: number;
  /** Messages that a reader asked for and the codec or the schema refused. */
  readonly invalid: number;
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
