/**
 * tRPC calls over HTTP, as in its documentation: zod checks input and output at the server. Calls of a tick share a request, and
 * connections stay open. One call at a time uses the link without batches, which does not wait for the end of the tick.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createTRPCClient, httpBatchLink, httpLink } from "@trpc/client";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import type { Peer } from "./peer.ts";
import { type AppRouter, appRouter } from "./trpc-router.ts";

export const trpcHttp: Peer = {
  async callServer() {
    const server = createHTTPServer({ router: appRouter }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },

  async caller(url, { inFlight }) {
    const client = createTRPCClient<AppRouter>({ links: [inFlight > 1 ? httpBatchLink({ url }) : httpLink({ url })] });
    return (request) => client.quote.query(request);
  },
};
