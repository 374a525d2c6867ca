/**
 * tRPC over WebSocket, as in its documentation. Calls: zod checks input and output at the server; calls of a tick travel together.
 * Subscriptions: an async generator at the server, `onData` at the client.
 *
 * Backpressure: none. The server writes as fast as its generator yields, and `onData` cannot make it wait.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Peer } from "./peer.ts";
import type { Quote } from "./quotes.ts";
import { type AppRouter, appRouter } from "./trpc-router.ts";

export const trpc: Peer = {
  callServer: listen,

  async caller(url) {
    const client = connect(url);
    return (request) => client.quote.query(request);
  },

  streamServer: listen,

  async streamReader(url) {
    const client = connect(url);
    return (count, take) =>
      new Promise((resolve, reject) => {
        /** Quotes that arrived while the reader was busy. */
        let queue: Quote[] = [];
        let busy = false;
        let complete = false;
        const drain = async (first: Promise<unknown>) => {
          busy = true;
          await first;
          while (queue.length > 0) {
            const arrived = queue;
            queue = [];
            for (const quote of arrived) {
              const wait = take(quote);
              if (wait !== undefined) await wait;
            }
          }
          busy = false;
          if (complete) resolve();
        };
        client.stream.subscribe(count, {
          onData(quote) {
            if (busy) {
              queue.push(quote);
              return;
            }
            const wait = take(quote);
            if (wait !== undefined) drain(wait).catch(reject);
          },
          onComplete() {
            complete = true;
            if (!busy) resolve();
          },
          onError: reject,
        });
      });
  },
};

async function listen(): Promise<string> {
  const wss = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  applyWSSHandler({ wss, router: appRouter });
  await once(wss, "listening");
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`;
}

function connect(url: string) {
  return createTRPCClient<AppRouter>({
    links: [wsLink({ client: createWSClient({ url, WebSocket: WebSocket as never }) })],
  });
}
