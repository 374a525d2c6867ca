/** One server of the price service. Several may serve the same market. */

import { serve } from "@awaitmq/patterns";
import { health, implement, services } from "@awaitmq/rpc";
import { prices } from "./contract.ts";
import type { Market } from "./market.ts";
import { authenticate, logging } from "./middleware.ts";

export function servePrices(market: Market, log: (line: string) => void) {
  const service = implement(
    prices,
    {
      quote({ symbol }, { fail }) {
        const tick = market.get(symbol);
        if (tick === undefined) throw fail("UNKNOWN_SYMBOL", { symbol });
        return tick;
      },

      // It has no end of its own: its reader leaves, or the server stops.
      watch: ({ symbols }, { signal, stopping }) => market.follow(symbols, AbortSignal.any([signal, stopping])),

      async record(ticks) {
        let count = 0;
        for await (const tick of ticks) {
          market.set(tick);
          count += 1;
        }
        return { count };
      },

      async *trade(orders, { fail, user }) {
        for await (const { symbol, pieces } of orders) {
          const tick = market.get(symbol);
          if (tick === undefined) throw fail("UNKNOWN_SYMBOL", { symbol });
          yield { ...tick, pieces, trader: user.name };
        }
      },
    },
    { use: [logging(log), authenticate] },
  );

  // The window: a client sends at most eight orders ahead of the handler.
  return serve("tcp://127.0.0.1:*", services(service, health()), { grace: 60_000, window: { items: 8 } });
}
