/** The loop of every caller: keeps calls in flight, and checks that each call gets its own price. */

import type { Call, Loop } from "../peers/peer.ts";

/** More than calls in flight, so that a mixed-up reply has another symbol. */
const symbols = Array.from({ length: 1_000 }, (_, index) => `S${index}`);

export function answered(call: Call, inFlight: number): Loop {
  return async (count) => {
    let begun = 0;
    const lane = async () => {
      while (begun < count) {
        const symbol = symbols[begun++ % symbols.length] as string;
        const price = await call({ symbol });
        if (price.symbol !== symbol || !(price.bid < price.ask))
          throw new Error(`${JSON.stringify(price)} came where the price of ${symbol} was due`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  };
}
