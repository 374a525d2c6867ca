/** The procedures of tRPC's servers, over WebSocket and over HTTP. */

import { initTRPC } from "@trpc/server";
import { price, priceRequest } from "./price-schemas.ts";
import { priceOf } from "./prices.ts";
import { quotes } from "./quotes.ts";

const { procedure, router } = initTRPC.create();

export const appRouter = router({
  quote: procedure
    .input(priceRequest)
    .output(price)
    .query(({ input }) => priceOf(input)),
  stream: procedure.input(Number).subscription(({ input }) => quotes(input)),
});

export type AppRouter = typeof appRouter;
