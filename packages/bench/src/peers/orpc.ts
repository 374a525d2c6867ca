/**
 * oRPC's event iterators over WebSocket: an async generator at the server, `for await` at the client, as in its documentation.
 *
 * Backpressure: none. The server writes as fast as its generator yields, and the client queues what its reader has not taken.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { os, type RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Peer } from "./peer.ts";
import { quotes } from "./quotes.ts";

const router = {
  stream: os.handler(({ input }) => quotes(Number(input))),
};

export const orpc: Peer = {
  async streamServer() {
    const handler = new RPCHandler(router);
    const wss = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    wss.on("connection", (connection) => void handler.upgrade(connection));
    await once(wss, "listening");
    return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`;
  },

  async streamReader(url) {
    const websocket = new WebSocket(url);
    await once(websocket, "open");
    const client: RouterClient<typeof router> = createORPCClient(new RPCLink({ websocket: websocket as never }));
    return async (count, take) => {
      for await (const quote of await client.stream(count)) {
        const wait = take(quote);
        if (wait !== undefined) await wait;
      }
    };
  },
};
