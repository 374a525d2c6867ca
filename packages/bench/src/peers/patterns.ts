/** @awaitmq/patterns, used as in its README. */

import { type Decoder, type Encoder, json, RequestClient, serve, type Window } from "@awaitmq/patterns";
import { inLanes } from "./in-lanes.ts";
import { anyPort, type Peer } from "./peer.ts";
import { type Price, type PriceRequest, priceOf } from "./prices.ts";
import { type Quote, quotes } from "./quotes.ts";

type StreamReader = NonNullable<Peer["streamReader"]>;

export const patterns: Peer = {
  async server({ concurrency }) {
    const server = serve(anyPort, async ([body]) => body, { concurrency });
    return server.endpoints[0] as string;
  },

  async asker(connect, { size, inFlight }) {
    const client = new RequestClient({ connect });
    return inLanes(async (body) => (await client.request(body))[0], size, inFlight);
  },

  /** By hand: JSON without a contract, so nothing is checked and the types are only claimed. */
  async callServer() {
    const server = serve(anyPort, (request: PriceRequest) => priceOf(request), { codec: json });
    return server.endpoints[0] as string;
  },

  async caller(connect) {
    const client = new RequestClient({ connect, codec: json as Encoder<PriceRequest> & Decoder<Price> });
    return (request) => client.request(request);
  },

  /** Backpressure: yes, per stream. The server's generator waits in its `yield` when the client's window is spent. */
  async streamServer() {
    const server = serve(anyPort, (count: number) => quotes(count), { codec: json });
    return server.endpoints[0] as string;
  },

  async streamReader(connect) {
    return reader(connect, {});
  },
};

/** The same with a larger window: fewer grants of credit, each of which wakes up both ends. */
export const patternsWide: Peer = {
  ...patterns,
  async streamReader(connect) {
    return reader(connect, { window: { items: 1_024 } });
  },
};

function reader(connect: string, options: { readonly window?: Window }): Awaited<ReturnType<StreamReader>> {
  const client = new RequestClient({ connect, codec: json as Encoder<number> & Decoder<Quote> });
  return async (count, take) => {
    for await (const quote of client.stream(count, options)) {
      const wait = take(quote);
      if (wait !== undefined) await wait;
    }
  };
}
