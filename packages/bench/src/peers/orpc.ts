/**
 * oRPC over WebSocket, as in its documentation. Calls: both input and output are checked with zod, at the server. Many calls at
 * once use its batch plugin, with room for all of them. Streams: an async generator at the server, `for await` at the client.
 *
 * Backpressure: none. The server writes as fast as its generator yields, and the client queues what its reader has not taken.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ClientContext, createORPCClient } from "@orpc/client";
import { BatchLinkPlugin } from "@orpc/client/plugins";
import { RPCLink } from "@orpc/client/websocket";
import { type Context, os, type RouterClient } from "@orpc/server";
import { BatchHandlerPlugin } from "@orpc/server/plugins";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Peer } from "./peer.ts";
import { price, priceRequest } from "./price-schemas.ts";
import { priceOf } from "./prices.ts";
import { quotes } from "./quotes.ts";

/** More than calls in flight. */
const maxSize = 1_000;

const router = {
  quote: os
    .input(priceRequest)
    .output(price)
    .handler(({ input }) => priceOf(input)),
  stream: os.handler(({ input }) => quotes(Number(input))),
};

export const orpc: Peer = {
  callServer: () => listen([new BatchHandlerPlugin({ maxSize })]),

  async caller(url, { inFlight }) {
    const batches = new BatchLinkPlugin({ groups: [{ condition: () => true, context: {} }], maxSize });
    const client = await connect(url, inFlight > 1 ? [batches] : []);
    return (request) => client.quote(request);
  },

  streamServer: () => listen([]),

  async streamReader(url) {
    const client = await connect(url);
    return async (count, take) => {
      for await (const quote of await client.stream(count)) {
        const wait = take(quote);
        if (wait !== undefined) await wait;
      }
    };
  },
};

async function listen(plugins: BatchHandlerPlugin<Context>[]): Promise<string> {
  const handler = new RPCHandler(router, { plugins });
  const wss = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  wss.on("connection", (connection) => void handler.upgrade(connection));
  await once(wss, "listening");
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`;
}

async function connect(
  url: string,
  plugins: BatchLinkPlugin<ClientContext>[] = [],
): Promise<RouterClient<typeof router>> {
  const websocket = new WebSocket(url);
  await once(websocket, "open");
  return createORPCClient(new RPCLink({ websocket: websocket as never, plugins }));
}
