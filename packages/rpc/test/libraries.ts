/** One contract, written with three schema libraries. */

import { type as ark } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { contract, stream } from "../src/index.ts";

const zodTick = z.object({ symbol: z.string(), price: z.number() });
const withZod = contract("prices", {
  quote: {
    input: z.object({ symbol: z.string() }),
    output: zodTick,
    errors: { UNKNOWN_SYMBOL: z.object({ symbol: z.string() }) },
    idempotent: true,
  },
  watch: { input: z.object({ symbols: z.array(z.string()) }), output: stream(zodTick) },
  record: { input: stream(zodTick), output: z.object({ count: z.number() }) },
  trade: { input: stream(zodTick), output: stream(zodTick) },
});

const valibotTick = v.object({ symbol: v.string(), price: v.number() });
const withValibot = contract("prices", {
  quote: {
    input: v.object({ symbol: v.string() }),
    output: valibotTick,
    errors: { UNKNOWN_SYMBOL: v.object({ symbol: v.string() }) },
    idempotent: true,
  },
  watch: { input: v.object({ symbols: v.array(v.string()) }), output: stream(valibotTick) },
  record: { input: stream(valibotTick), output: v.object({ count: v.number() }) },
  trade: { input: stream(valibotTick), output: stream(valibotTick) },
});

const arkTick = ark({ symbol: "string", price: "number" });
const withArktype = contract("prices", {
  quote: {
    input: ark({ symbol: "string" }),
    output: arkTick,
    errors: { UNKNOWN_SYMBOL: ark({ symbol: "string" }) },
    idempotent: true,
  },
  watch: { input: ark({ symbols: "string[]" }), output: stream(arkTick) },
  record: { input: stream(arkTick), output: ark({ count: "number" }) },
  trade: { input: stream(arkTick), output: stream(arkTick) },
});

export type Prices = typeof withZod;

export interface Tick {
  readonly symbol: string;
  readonly price: number;
}

/** The types of the three are the same but for those of the schemas. */
export const libraries: readonly { readonly library: string; readonly prices: Prices }[] = [
  { library: "zod", prices: withZod },
  { library: "valibot", prices: withValibot as unknown as Prices },
  { library: "arktype", prices: withArktype as unknown as Prices },
];

export function tick(symbol: string, price = 1): Tick {
  return { symbol, price };
}
