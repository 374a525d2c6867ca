/** The handle of a route, whose loop gives new peers. */

import { ClosedError } from "@awaitmq/core";
import { ItemStream } from "@awaitmq/core/internals";
import { Running } from "../concurrency/running.ts";
import type { CheckedRouteOptions, Peers, RouteStats } from "./route-options.ts";
import type { RoutedPeer } from "./routed-peer.ts";
import type { Entry, Routing } from "./routing.ts";

export class RoutedPeers extends Running<RouteStats> implements Peers {
  readonly #routing: Routing;
  readonly #stream: ItemStream<Entry>;

  constructor(routing: Routing, options: CheckedRouteOptions) {
    super("route", routing, options);
    this.#routing = routing;
    this.#stream = new ItemStream(routing.arrivals, undefined);
    // The loops throw this error too.
    this.done.catch(() => {});
  }

  get size(): number {
    return this.stats.peers;
  }

  get(id: Uint8Array | string): RoutedPeer | undefined {
    return this.#routing.get(id);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<RoutedPeer, undefined>> {
    this.#routing.begin();
    try {
      const step = await this.#stream.next();
      if (!step.done) return { value: step.value.peer, done: false };
      await this.done;
      return step;
    } catch (error) {
      await this.done.catch(() => {});
      throw error;
    }
  }

  async return(): Promise<IteratorResult<RoutedPeer, undefined>> {
    await this.#stream.return();
    this.endNow(new ClosedError("The loop over peers was left"));
    await this.done;
    return { value: undefined, done: true };
  }
}
