/** A broker's heart: everything that arrives on one socket leaves on the other, both ways as far as their types allow. */

import type { Socket } from "../socket/socket.ts";
import type { Handle } from "../waiting/handle.ts";
import { readOptions } from "../waiting/option-table.ts";
import { type ProxyOptions, type ProxyStats, proxyRules } from "./proxy-options.ts";
import { RunningProxy } from "./running-proxy.ts";

/**
 * Passes messages between two sockets, as zmq_proxy(3), until it is stopped, its signal is aborted, or one of the two is closed:
 *
 *     await using passing = proxy(front, back);
 *     await passing.done;
 *
 * `done` rejects when sending fails, on `capture` too. `stop` reads no more, and gives what waits to be sent `grace` milliseconds; then it is
 * received again. The sockets stay open, and nothing else may read from them meanwhile.
 *
 * A Dealer, Push or other socket that has no room makes its direction wait. A Router whose peer has no room does not: the others go on,
 * and what waits for that peer is bounded by `maxQueued`. It stays in the order of its arrival.
 *
 * @throws TypeError, RangeError
 */
export function proxy(front: Socket, back: Socket, options: ProxyOptions = {}): Handle<ProxyStats> {
  return new RunningProxy(front, back, readOptions("proxy", proxyRules, options));
}
