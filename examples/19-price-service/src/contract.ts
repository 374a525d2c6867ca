/** What the price service takes and gives: a method of each kind. */

import { contract, stream } from "@awaitmq/rpc/contract";
import { z } from "zod";

const Ticker = z.string().regex(/^[A-Z]{3,5}$/);
const Tick = z.object({ symbol: Ticker, price: z.number().positive() });
const Order = z.object({ symbol: Ticker, pieces: z.int().positive() });
const Fill = Order.extend({ trader: z.string(), price: z.number().positive() });

/** Every method can fail with it. */
const NOT_SIGNED_IN = z.object({});
const UNKNOWN_SYMBOL = z.object({ symbol: Ticker });

export type Tick = z.infer<typeof Tick>;
export type Order = z.infer<typeof Order>;

export const prices = contract("prices", {
  quote: {
    input: z.object({ symbol: Ticker }),
    output: Tick,
    errors: { NOT_SIGNED_IN, UNKNOWN_SYMBOL },
    idempotent: true,
  },
  watch: {
    input: z.object({ symbols: z.array(Ticker) }),
    output: stream(Tick),
    errors: { NOT_SIGNED_IN },
    idempotent: true,
  },
  record: {
    input: stream(Tick),
    output: z.object({ count: z.number() }),
    errors: { NOT_SIGNED_IN },
  },
  trade: {
    input: stream(Order),
    output: stream(Fill),
    errors: { NOT_SIGNED_IN, UNKNOWN_SYMBOL },
  },
});
