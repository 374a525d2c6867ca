/** The broker between clients and workers: its public function. */

import { type Handle, Router } from "@awaitmq/core";
import { Running } from "../concurrency/running.ts";
import { announceArrivals, announceDisconnects } from "../message/disconnect-message.ts";
import { beforeEndpoints } from "../opening/before-endpoints.ts";
import type { Endpoints, Opening } from "../opening/opened-socket.ts";
import { OpenedSockets } from "../opening/opened-sockets.ts";
import {
  type BalanceOptions,
  type BalanceStats,
  type CheckedBalanceOptions,
  readBalanceOptions,
} from "./balance-options.ts";
import { Broker } from "./broker.ts";
import { watchLinks } from "./link-timeout.ts";

type RouterEndpoints = Endpoints<NonNullable<ConstructorParameters<typeof Router>[0]>>;

const opening: Opening<Router> = {
  takes: "balance takes a Router,",
  habit: "bind",
  isSocket: (given) => given instanceof Router,
  open: (options) => new Router(options),
};

const checkInTime = beforeEndpoints(
  "balance",
  "libzmq reports lost workers, and watches their links, only on endpoints that the backend gets later",
);

/**
 * Gives each request from `frontend` to a worker on `backend` that has room, and each reply back to its client.
 *
 * The worker that holds the fewest requests is first; among equals, the least recently used. Clients are REQ sockets or
 * DEALERs, also behind proxies. Workers run {@link serveBalanced} or speak docs/protocols/balance.md. A REQ worker, for
 * instance, sends READY first.
 *
 * Streams: `RequestClient.stream` works through a broker. A stream stays with its worker, and counts as one of the
 * requests that this worker holds until its handler has finished. Items wait at their senders: the credit of each side
 * passes through the broker. A stream through a plain proxy before the broker, or to a worker that does not run
 * {@link serveBalanced}, fails with `UnsupportedError`.
 *
 * Lost workers: when a worker disconnects, or its link is silent for `linkTimeout`, others get the requests that it has
 * not answered, even those that it began. So a request may be handled twice, but is answered at most once. The client
 * is not notified; it only waits longer. After `maxAttempts` workers were lost while they held it, a request is dropped,
 * and a `RequestClient` gets `DisconnectedError`. With `maxAttempts: 1` no lost worker's request is handled again. A
 * stream goes to another worker only if no handler has begun it. Otherwise it fails with `DisconnectedError`.
 *
 * Lost clients: when the client of a stream disconnects, its handler is aborted. Without the draft options of libzmq, or
 * if the frontend had endpoints before, the broker checks once per second whether such clients are connected.
 *
 * Without the draft options of libzmq, a dead worker is detected only when it is to get its next request. Until then
 * the requests that it holds wait, its streams too. If it already holds all that it may, they wait forever: give
 * streams an `idleTimeout`. There, also let libzmq
 * choose the routing ids of workers. A worker that returns under its own id before its old connection has ended is
 * taken for the old one.
 *
 * Shutdown: the broker ends when it is stopped, its signal aborts, or a socket that was passed in closes. `done`
 * rejects if a socket fails. In all cases replies that wait for their clients get `force`. `stop` reads no more
 * requests, and gives those already read `grace`. Streams go on meanwhile; after `grace` they fail with
 * `UnavailableError`. A socket that was passed in stays open, and unanswered requests go
 * back to the frontend for its next reader. If the broker opened the frontend, they are lost and counted as
 * `unanswered`. Replies that workers send to them later are dropped. A later `balance` knows idle workers only after
 * they announce themselves again.
 *
 * Nothing else may read the sockets while the broker runs.
 *
 * @category Broker
 * @param frontend for clients: an endpoint to bind, or several, `{ bind }` or `{ connect }` with socket options, or a
 * Router
 * @param backend for workers, in the same forms
 * @param options limits, timeouts and callbacks
 * @returns a handle whose `endpoints` are those of the frontend, then those of the backend
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be bound or connected
 * @throws InUseError (`ERR_IN_USE`) if another loop reads one of the sockets
 * @throws TooLateError (`ERR_TOO_LATE`) if the backend already has endpoints
 * @throws ClosedError (`ERR_CLOSED`) if a socket is closed
 * @example
 * ```ts
 * import { balance, RequestClient, serveBalanced } from "@awaitmq/patterns";
 *
 * const broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
 * const [frontend, backend] = broker.endpoints;
 * const worker = serveBalanced(backend, ([name]) => `Hello, ${name}`);
 *
 * const client = new RequestClient({ connect: frontend });
 * const [reply] = await client.request("Ada");
 * console.log(`${reply}`); // Hello, Ada
 *
 * await client.close();
 * await worker.stop();
 * await broker.stop();
 * ```
 */
export function balance(
  frontend: Router | RouterEndpoints,
  backend: Router | RouterEndpoints,
  options: BalanceOptions = {},
): Handle<BalanceStats> {
  const settings = readBalanceOptions(options);
  if (frontend === backend && frontend instanceof Router)
    throw new TypeError("balance needs two different Routers, got the same one twice");
  const sockets = new OpenedSockets("balance");
  const front = sockets.open(frontend, opening);
  const back = sockets.open(backend, opening);
  let seesClients = false;
  sockets.begin(() => {
    seesClients = prepare(front, back, settings);
  });
  return new Running("broker", new Broker(front, back, settings, sockets, seesClients), settings);
}

/**
 * Returns whether libzmq reports clients that disconnect.
 *
 * @throws TypeError, TooLateError
 */
function prepare(frontend: Router, backend: Router, { linkTimeout, credit }: CheckedBalanceOptions): boolean {
  if (!backend.mandatory) throw new TypeError("balance needs a backend with mandatory: true, got false");
  checkInTime(backend);
  watchLinks(backend, linkTimeout, credit);
  announceArrivals(backend);
  announceDisconnects(backend);
  return announceDisconnects(frontend);
}
