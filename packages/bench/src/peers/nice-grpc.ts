/**
 * nice-grpc, which is grpc-js with promises and iterables. Both ends are used as in its README, without TLS. Values are JSON, in
 * place of the functions that a program would generate.
 *
 * Backpressure: yes, per stream. HTTP/2's window stops the server's generator.
 */

import { createChannel, createClient, createServer } from "nice-grpc";
import type { Peer } from "./peer.ts";
import { type Price, type PriceRequest, priceOf } from "./prices.ts";
import { type Quote, quotes } from "./quotes.ts";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value));
const decode = (bytes: Uint8Array) => JSON.parse((bytes as Buffer).toString());

const service = {
  stream: {
    path: "/bench.Quotes/Stream",
    requestStream: false,
    responseStream: true,
    requestSerialize: (request: { count: number }) => encode(request),
    requestDeserialize: (bytes: Uint8Array): { count: number } => decode(bytes),
    responseSerialize: (quote: Quote) => encode(quote),
    responseDeserialize: (bytes: Uint8Array): Quote => decode(bytes),
    options: {},
  },
} as const;

const priceService = {
  quote: {
    path: "/bench.Prices/Quote",
    requestStream: false,
    responseStream: false,
    requestSerialize: (request: PriceRequest) => encode(request),
    requestDeserialize: (bytes: Uint8Array): PriceRequest => decode(bytes),
    responseSerialize: (price: Price) => encode(price),
    responseDeserialize: (bytes: Uint8Array): Price => decode(bytes),
    options: {},
  },
} as const;

export const niceGrpc: Peer = {
  async callServer() {
    const server = createServer();
    server.add(priceService, { quote: priceOf });
    return `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
  },

  async caller(endpoint) {
    const client = createClient(priceService, createChannel(endpoint));
    return (request) => client.quote(request);
  },

  async streamServer() {
    const server = createServer();
    server.add(service, { stream: ({ count }: { count: number }) => quotes(count) });
    return `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
  },

  async streamReader(endpoint) {
    const client = createClient(service, createChannel(endpoint));
    return async (count, take) => {
      for await (const quote of client.stream({ count })) {
        const wait = take(quote);
        if (wait !== undefined) await wait;
      }
    };
  },
};
