/** A worker of `balance`: its public function. */

import { Dealer, type Handle } from "@awaitmq/core";
import { checkFunction, internals, readOptions } from "@awaitmq/core/internals";
import { LaneWork } from "../concurrency/lane-work.ts";
import { Running } from "../concurrency/running.ts";
import type { Opening } from "../opening/opened-socket.ts";
import { OpenedSockets } from "../opening/opened-sockets.ts";
import { BalancedServer } from "./balanced-server.ts";
import {
  type BalancedHandler,
  type BrokerEndpoint,
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
 * Answers requests from a {@link balance} broker, at most `concurrency` at a time.
 *
 * The worker announces itself to the broker, and again after each reconnect. A worker has one broker: for two brokers,
 * call this twice. Sets of endpoints that change, such as those of `dns`, are refused. Requests that do not follow the
 * broker's protocol are dropped.
 *
 * Streams: a handler that returns an async iterable, such as an async generator, streams its replies, and
 * `context.input` has what the client streams. A stream occupies one of `concurrency` until the handler has finished.
 * If the client leaves or disconnects, or the broker disconnects, the signal of that call aborts, and its generator
 * returns. A `request` to a handler that streams fails with `UnsupportedError`; a plain client gets `errorReply`.
 *
 * Shutdown: the worker ends when it is stopped, its signal aborts, or its socket closes. `done` rejects if the socket
 * fails. Running handlers end first, and their replies are sent unless the socket is closed. When the socket closes,
 * the signals of handlers abort at once. After `force` the worker ends without them. Streams run for `grace`; then their
 * clients get `UnavailableError`. Endless ones should end earlier, when `context.stopping` aborts.
 *
 * `stop` asks the broker to send no more, begins no further request, and finally tells the broker that it has left.
 * This takes at most 2 s, and at most 500 ms after `force`; without a connection there is no wait. The broker then
 * gives requests that were not begun to other workers. Such requests may still arrive at a Dealer that was passed in,
 * and the broker drops replies to them. So close that Dealer, or serve with it again.
 *
 * A handler must not await `stop()`: that rejects with `DeadlockError`.
 *
 * @category Broker
 * @param broker one endpoint to connect to, `{ connect }` or `{ bind }` with socket options, or a Dealer, which stays
 * open
 * @param handler returns the reply to a request, or a stream of replies
 * @param options concurrency, error replies and shutdown
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be connected or bound
 * @throws InUseError (`ERR_IN_USE`) if another loop reads the Dealer
 * @throws ClosedError (`ERR_CLOSED`) if the Dealer is closed
 * @example
 * ```ts
 * import { Request } from "@awaitmq/core";
 * import { balance, serveBalanced } from "@awaitmq/patterns";
 *
 * const broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
 * const [frontend, backend] = broker.endpoints;
 * const worker = serveBalanced(backend, ([text]) => `${text}`.toUpperCase());
 *
 * const request = new Request(); // any REQ socket is a client
 * request.connect(frontend);
 * await request.send("hello");
 * const [reply] = await request.receive();
 * console.log(`${reply}`); // HELLO
 *
 * await request.close();
 * await worker.stop();
 * await broker.stop();
 * ```
 */
export function serveBalanced(
  broker: Dealer | BrokerEndpoint,
  handler: BalancedHandler,
  options: ServeBalancedOptions = {},
): Handle<ServeBalancedStats> {
  const checked = readOptions("serveBalanced", serveBalancedRules, options);
  checkFunction("handler", handler);
  checkOne(broker);
  const sockets = new OpenedSockets("serveBalanced");
  const dealer = sockets.open<Dealer>(broker, opening);
  // The worker is to know of all connections: without one it need not sign off.
  sockets.begin(() => dealer[internals].monitor.start());
  const server = new BalancedServer(dealer, handler, checked);
  return new Running("worker", new LaneWork(dealer, checked.concurrency, server, sockets, server.source), checked);
}

/** @throws TypeError for what may be several endpoints: a Dealer would announce itself to each in turn */
function checkOne(broker: unknown): void {
  const connect = broker instanceof Dealer ? undefined : Object(broker).connect;
  for (const endpoints of [broker, connect])
    if (Array.isArray(endpoints) && endpoints.length > 1) refuse(`${endpoints.length}`);
  if (Symbol.asyncIterator in Object(connect)) refuse("an async iterable of sets, which may hold several");
}

function refuse(found: string): never {
  throw new TypeError(`serveBalanced takes the endpoint of one broker, got ${found}. Call it once for each`);
}
