/** A worker of the broker that `balance` is: what a program calls. */

import { Dealer, type Handle } from "@awaitmq/core";
import { checkFunction, readOptions } from "@awaitmq/core/internals";
import { claim } from "../concurrency/claim.ts";
import { LaneWork } from "../concurrency/lane-work.ts";
import { Running } from "../concurrency/running.ts";
import type { Endpoints, Opening } from "../opening/opened-socket.ts";
import { OpenedSockets } from "../opening/opened-sockets.ts";
import { BalancedServer } from "./balanced-server.ts";
import {
  type BalancedHandler,
  type DealerOptions,
  type ServeBalancedOptions,
  type ServeBalancedStats,
  serveBalancedRules,
} from "./serve-balanced-options.ts";

const opening: Opening<Dealer> = {
  takes: "serveBalanced takes a Dealer,",
  habit: "connect",
  isSocket: (given) => given instanceof Dealer,
  open: (options) => new Dealer(options),
};

/**
 * Announces a worker to its broker, again whenever the connection is new, and answers requests, at most `concurrency` at a time:
 *
 *     await using worker = serveBalanced("tcp://broker:5556", ([text]) => `${text}!`);
 *     await worker.done;
 *
 * The broker is an endpoint to connect to, `{ connect }` or `{ bind }` with options for the socket, or a Dealer, which stays open. A worker
 * has one broker: for two, call this twice.
 *
 * It ends when it is stopped, when its signal is aborted, and when its socket closes; `done` rejects with what the socket
 * fails by. Each time the handlers that ran have ended and, but for a socket that is closed, their replies were sent. A stop tells the broker to
 * send no more, begins no further request, and in the end says that it has left, for which it takes 2 s at most, and half a second after `force` at
 * most: the broker then gives what was not begun to others. Such requests may still come out of a Dealer that was handed in, so close it, or serve on with it: its replies to them are
 * dropped. Requests that are not in the form of the broker are dropped. When the socket is closed, the signals of handlers abort at once, and after
 * `force` it ends without them. A handler must not await `stop()`: that is a `DeadlockError`.
 *
 * @throws TypeError, RangeError, AddressError, InUseError, ClosedError
 */
export function serveBalanced(
  broker: Dealer | Endpoints<DealerOptions>,
  handler: BalancedHandler,
  options: ServeBalancedOptions = {},
): Handle<ServeBalancedStats> {
  const checked = readOptions("serveBalanced", serveBalancedRules, options);
  checkFunction("handler", handler);
  checkOne(broker);
  const sockets = new OpenedSockets();
  const dealer = sockets.open(broker, opening);
  const release = claim(dealer, "serveBalanced");
  try {
    sockets.begin();
  } catch (error) {
    release();
    throw error;
  }
  const belongings = {
    endpoints: sockets.endpoints,
    closeWithin(milliseconds: number) {
      release();
      return sockets.closeWithin(milliseconds);
    },
  };
  const server = new BalancedServer(dealer, handler, checked);
  return new Running("worker", new LaneWork(dealer, checked.concurrency, server, belongings), checked);
}

/** @throws TypeError for several endpoints: a Dealer would announce itself to them in turn */
function checkOne(broker: unknown): void {
  const places = broker instanceof Dealer ? undefined : Object(broker);
  for (const endpoints of [broker, places?.connect])
    if (Array.isArray(endpoints) && endpoints.length > 1)
      throw new TypeError(
        `serveBalanced takes the endpoint of one broker, got ${endpoints.length}. Call it once for each`,
      );
}
