/** The core of a broker: forwards messages between two sockets, both ways if their types allow it. */

import type { Socket } from "../socket/socket.ts";
import type { Handle } from "../waiting/handle.ts";
import { readOptions } from "../waiting/option-table.ts";
import { type ProxyOptions, type ProxyStats, proxyRules } from "./proxy-options.ts";
import { RunningProxy } from "./running-proxy.ts";

/**
 * Forwards messages between two sockets, both ways, like zmq_proxy(3).
 *
 * It runs until it is stopped, its signal aborts, or one of the two sockets is closed. `done` rejects when sending fails, also on
 * `capture`. `stop` reads no more messages, and waits up to `grace` milliseconds for unsent ones. After that they can be received again. The
 * sockets stay open. Nothing else may read from them while the proxy runs.
 *
 * A Dealer, Push or other socket without room stops its direction until it has room. On a Router, a peer without room does not stop the others:
 * up to `maxQueued` messages wait for that peer, in order.
 *
 * @example
 * ```ts
 * import { Dealer, proxy, Reply, Request, Router } from "@awaitmq/core";
 *
 * const front = new Router(); // for clients
 * const back = new Dealer(); // for workers
 * const client = new Request();
 * const worker = new Reply();
 * client.connect(await front.bind("tcp://127.0.0.1:*"));
 * worker.connect(await back.bind("tcp://127.0.0.1:*"));
 * const broker = proxy(front, back);
 *
 * await client.send("Ada");
 * const [name] = await worker.receive();
 * await worker.send(`Hello, ${name}`);
 * const [greeting] = await client.receive();
 * console.log(greeting.toString()); // Hello, Ada
 * await broker.stop();
 * await Promise.all([front, back, client, worker].map((s) => s.close()));
 * ```
 *
 * @param front one socket, such as a Router for clients
 * @param back the other socket, such as a Dealer for workers
 * @param options capture, bounds and signal
 * @returns a handle of the running proxy, to await, watch and stop
 * @throws TypeError or RangeError for sockets that do not fit or wrong options
 * @category Proxy
 */
export function proxy(front: Socket, back: Socket, options: ProxyOptions = {}): Handle<ProxyStats> {
  return new RunningProxy(front, back, readOptions("proxy", proxyRules, options));
}
