/** A route with peers of its own. */

import { Dealer, Router } from "@awaitmq/core";
import { type RoutedPeer, type RouteOptions, route } from "../../src/index.ts";

export async function routed(options: RouteOptions = {}) {
  // So that a peer may come again under its name at once.
  const router = new Router({ handover: true });
  const peers = route(router, options);
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  const dealers: Dealer[] = [];
  return {
    router,
    peers,
    dealer(routingId: string): Dealer {
      const dealer = new Dealer({ routingId, linger: 0, receiveTimeout: 100_000 });
      dealers.push(dealer);
      dealer.connect(endpoint);
      return dealer;
    },
    endpoint,
    async [Symbol.asyncDispose]() {
      await Promise.all([router, ...dealers].map((socket) => socket.close({ linger: 0 })));
      await peers.return?.();
    },
  };
}

export async function nextOf(peers: AsyncIterator<RoutedPeer, undefined>): Promise<RoutedPeer> {
  const step = await peers.next();
  if (step.done) throw new Error("There is no further peer");
  return step.value;
}

export async function bodiesOf(peer: AsyncIterable<Buffer[]>): Promise<string[]> {
  const found: string[] = [];
  for await (const frames of peer) found.push(frames.map(String).join("|"));
  return found;
}
