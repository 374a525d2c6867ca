/** @awaitmq/rpc, used as in its README. Both ends check input and output with zod. */

import { RequestClient, serve } from "@awaitmq/patterns";
import { contract, implement, remote, services } from "@awaitmq/rpc";
import { anyPort, type Peer } from "./peer.ts";
import { price, priceRequest } from "./price-schemas.ts";
import { priceOf } from "./prices.ts";

const prices = contract("prices", { quote: { input: priceRequest, output: price } });

export const rpc: Peer = {
  async callServer() {
    const server = serve(anyPort, services(implement(prices, { quote: priceOf })));
    return server.endpoints[0] as string;
  },

  async caller(connect) {
    const market = remote(prices, new RequestClient({ connect }));
    return (request) => market.quote(request);
  },
};
