/** A Router as a channel for each of its peers: what a program calls. */

import { Router } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { claim } from "../concurrency/claim.ts";
import { announceDisconnects } from "../message/disconnect-message.ts";
import { beforeEndpoints } from "../opening/before-endpoints.ts";
import type { Endpoints, Opening } from "../opening/opened-socket.ts";
import { OpenedSockets } from "../opening/opened-sockets.ts";
import { ValueReader } from "../value/value-reader.ts";
import { type ByCodec, type BySchema, type FramesOnly, type ValueOptions, valuesOf } from "../value/values.ts";
import { type InvalidOption, type Peers, type RouteOptions, type RouterOptions, routeRules } from "./route-options.ts";
import { RoutedPeers } from "./routed-peers.ts";
import { Routing } from "./routing.ts";

const opening: Opening<Router> = {
  takes: "route takes a Router,",
  habit: "bind",
  isSocket: (given) => given instanceof Router,
  open: (options) => new Router(options),
};

const checkInTime = beforeEndpoints(
  "route",
  "libzmq tells of peers that go only on endpoints that the Router gets later",
);

/**
 * Gives a peer with its first message, and each peer's messages to that peer's own readers:
 *
 *     for await (const peer of route("tcp://*:5555")) void converse(peer);
 *
 * It takes an endpoint to bind, or several, `{ bind }` or `{ connect }` with options for the socket, or a Router, which stays open.
 *
 * Reading starts with the loop, and goes on while the loop's body runs. When a peer goes, its messages end; one that comes again is a new peer. When
 * the router closes all ends, behind what has arrived. `stop` reads no more, and waits up to `grace` until readers have taken what has arrived.
 * When the loop is left, or the signal aborted, all ends at once. What was not read goes back to a router that was handed in, for its next reader,
 * in order for each peer; with one that was opened here it is lost. Nothing else may read from the router meanwhile. A failure rejects `done`, and
 * all loops throw it.
 *
 * With a `codec`, and perhaps a `schema`, the messages of peers are values: all frames behind the routing id, so that a REQ, which puts an empty
 * one first, is not understood.
 *
 * A ROUTER can't leave the messages of one peer unread while it reads those of others, hence `maxQueued` and `patience`. Where libzmq is built
 * without draft options, the messages of a peer never end. A peer with a routing id of its own that is back before its former connection has
 * ended is the same peer here, and goes on with the new connection: see `handover` of Router.
 *
 * @throws TypeError, RangeError, AddressError, InUseError, ClosedError; TooLateError for a Router that has endpoints already
 */
export function route<In, Out>(
  router: Router | Endpoints<RouterOptions>,
  options: RouteOptions & InvalidOption & BySchema<In, Out>,
): Peers<In, Out>;
export function route<In, Out>(
  router: Router | Endpoints<RouterOptions>,
  options: RouteOptions & InvalidOption & ByCodec<In, Out>,
): Peers<In, Out>;
export function route(router: Router | Endpoints<RouterOptions>, options?: RouteOptions & FramesOnly): Peers;
export function route(
  router: Router | Endpoints<RouterOptions>,
  options: RouteOptions & InvalidOption & ValueOptions = {},
): unknown {
  const checked = readOptions("route", routeRules, options);
  const values = valuesOf(checked, checked.onInvalid);
  const sockets = new OpenedSockets();
  const socket = sockets.open(router, opening);
  const release = claim(socket, "route");
  try {
    checkInTime(socket);
    announceDisconnects(socket);
    sockets.begin();
  } catch (error) {
    release();
    throw error;
  }
  const reader = values && new ValueReader("route", values, checked.onInvalid);
  return new RoutedPeers(new Routing(socket, checked, reader, { sockets, release }), checked);
}
