/** Requests of many clients for those workers that have room: what a program calls. */

import { type Handle, Router } from "@awaitmq/core";
import { claim } from "../concurrency/claim.ts";
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
  "libzmq tells of workers that go, and watches their links, only on endpoints that the backend gets later",
);

/**
 * Gives each request that arrives on `frontend` to a worker on `backend` that has room for it, the one that holds the fewest
 * first and of equals the least recently used, and the reply back to its client:
 *
 *     await using broker = balance("tcp://*:5555", "tcp://*:5556");
 *     await broker.done;
 *
 * Each is an endpoint to bind, or several, `{ bind }` or `{ connect }` with options for the socket, or a Router. The endpoints of the handle are
 * those of the frontend, then those of the backend. Clients are REQ sockets, or DEALERs, also behind proxies. Workers run `serveBalanced` or speak
 * docs/protocols/balance.md, as a REQ worker does that sends READY first.
 *
 * When a worker is gone, or its link is silent for `linkTimeout`, what it had not answered is given to others, begun or not: a request may be
 * worked on twice, but is answered at most once. Its client is told nothing, and waits longer. A request over which `maxAttempts` workers were lost
 * is dropped. Where libzmq is built without draft options, a dead worker is found when it is to get its next request; what it holds waits
 * until then, for ever if that is all it may hold. There also leave the routing ids of workers to libzmq: a worker that comes
 * again under its own before its former connection has ended is taken for the one before.
 *
 * It ends when it is stopped, when its signal is aborted, and when a socket that was handed in closes; `done` rejects with what a socket fails by.
 * Each time replies that wait for their clients have `force`.
 * `stop` reads no more requests, and gives `grace` to those that were read. A socket that was handed in stays open, and requests without an answer
 * go back to the frontend, for its next reader; those of a frontend of the broker's own are lost, and counted as `unanswered`. What
 * workers answer to them later is dropped, and idle workers are known to a next `balance` only when they announce themselves again.
 * Nothing else may read from the sockets meanwhile.
 *
 * @throws TypeError, RangeError, AddressError, InUseError, ClosedError; TooLateError for a backend that has endpoints already
 */
export function balance(
  frontend: Router | RouterEndpoints,
  backend: Router | RouterEndpoints,
  options: BalanceOptions = {},
): Handle<BalanceStats> {
  const settings = readBalanceOptions(options);
  if (frontend === backend && frontend instanceof Router)
    throw new TypeError("balance takes two Routers, got one twice");
  const sockets = new OpenedSockets();
  const releases: (() => void)[] = [];
  const release = () => {
    for (const one of releases) one();
  };
  try {
    const front = sockets.open(frontend, opening);
    const back = sockets.open(backend, opening);
    if (!back.mandatory) throw new TypeError("balance needs a backend with mandatory: true, got false");
    for (const socket of [front, back]) releases.push(claim(socket, "balance"));
    prepare(back, settings);
    sockets.begin();
    return new Running("broker", new Broker(front, back, settings, { sockets, release }), settings);
  } catch (error) {
    release();
    void sockets.close({ linger: 0 });
    throw error;
  }
}

/** @throws TooLateError */
function prepare(backend: Router, { linkTimeout, credit }: CheckedBalanceOptions): void {
  checkInTime(backend);
  watchLinks(backend, linkTimeout, credit);
  announceArrivals(backend);
  announceDisconnects(backend);
}
