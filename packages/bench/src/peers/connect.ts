/**
 * Connect for Node.js, without TLS: its gRPC transport over HTTP/2, and for calls also its own protocol.
 *
 * Backpressure of streams: yes, per stream. HTTP/2's window stops the server's generator.
 */

import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { createClient, type Transport } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { prices, quotesService } from "./connect-services.ts";
import type { Call, Peer } from "./peer.ts";
import { priceOf } from "./prices.ts";
import { quotes } from "./quotes.ts";

const handler = connectNodeAdapter({
  routes(router) {
    router.service(prices, { quote: priceOf });
    router.service(quotesService, {
      async *stream({ value: count }) {
        for await (const quote of quotes(count)) yield { value: JSON.stringify(quote) };
      },
    });
  },
});

export const connect: Peer = {
  callServer: () => listen(createHttp2Server(handler)),
  caller: async (baseUrl) => callBy(createGrpcTransport({ baseUrl })),

  streamServer: () => listen(createHttp2Server(handler)),

  async streamReader(baseUrl) {
    // Its JSON format is faster than its binary one here: JSON travels in a StringValue.
    const client = createClient(quotesService, createGrpcTransport({ baseUrl, useBinaryFormat: false }));
    return async (count, take) => {
      for await (const { value } of client.stream({ value: count })) {
        const wait = take(JSON.parse(value));
        if (wait !== undefined) await wait;
      }
    };
  },
};

/** The Connect protocol. Over HTTP/1.1, with connections that stay open, it is faster than over HTTP/2 here. */
export const connectHttp: Peer = {
  callServer: () => listen(createHttpServer(handler as RequestListener)),
  caller: async (baseUrl) => callBy(createConnectTransport({ baseUrl, httpVersion: "1.1" })),
};

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function callBy(transport: Transport): Call {
  const client = createClient(prices, transport);
  return (request) => client.quote(request);
}
