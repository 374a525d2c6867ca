/** A channel for each peer of a Router: the public function. */

import { Router } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
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
  "libzmq reports disconnected peers only on endpoints that the Router gets later",
);

/**
 * Gives a channel for each peer of a Router: a loop over new peers, each with its own messages.
 *
 * Reading starts with the loop, and continues while the loop's body runs. A peer appears with its first message. When
 * it disconnects, its messages end; when it reconnects, it is a new peer. With a `codec`, and perhaps a `schema`, the
 * messages of peers are values. They take all frames after the routing id, so messages of a REQ, which begin with an
 * empty frame, cannot be read.
 *
 * Shutdown: when the router closes, all loops end after what has arrived. `stop` reads no more, and waits up to `grace`
 * until readers have taken what has arrived. When the loop is left or the signal aborts, everything ends at once.
 * Unread messages go back to a router that was passed in, for its next reader, in order per peer. If the route opened
 * the router, they are lost. If the router fails, `done` rejects and all loops throw the error. Nothing else may read
 * from the router while the route runs.
 *
 * Limits: a ROUTER cannot leave the messages of one peer unread while it reads those of others. Hence `maxQueued` and
 * `patience`. Without the draft options of libzmq, the messages of a peer never end. A peer that sets its own routing
 * id, and is back before its old connection has ended, stays the same peer here and continues on the new connection:
 * see `handover` of Router.
 *
 * @category Channels
 * @param router endpoints to bind, `{ bind }` or `{ connect }` with socket options, or a Router, which stays open
 * @param options queue limits, shutdown, and a codec for values
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be bound or connected
 * @throws InUseError (`ERR_IN_USE`) if another loop reads the Router
 * @throws TooLateError (`ERR_TOO_LATE`) if the Router already has endpoints
 * @throws ClosedError (`ERR_CLOSED`) if the Router is closed
 * @example
 * ```ts
 * import { Dealer } from "@awaitmq/core";
 * import { route } from "@awaitmq/patterns";
 *
 * const peers = route("tcp://127.0.0.1:*");
 * const dealer = new Dealer();
 * dealer.connect(peers.endpoints[0]);
 * await dealer.send("Ada");
 *
 * for await (const peer of peers) {
 *   const [name] = await peer.receive();
 *   await peer.send(`Hello, ${name}`);
 *   const [greeting] = await dealer.receive();
 *   console.log(`${greeting}`); // Hello, Ada
 *   break; // ends the route
 * }
 * await dealer.close();
 * ```
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
  const sockets = new OpenedSockets("route");
  const socket = sockets.open(router, opening);
  sockets.begin(() => {
    checkInTime(socket);
    announceDisconnects(socket);
  });
  const reader = values && new ValueReader("route", values, checked.onInvalid);
  return new RoutedPeers(new Routing(socket, checked, reader, sockets), checked);
}
