/** The schemas of the rpc questions, for the peers that check values: the same for all of them. */

import { z } from "zod";

export const priceRequest = z.object({ symbol: z.string() });
export const price = z.object({ symbol: z.string(), bid: z.number(), ask: z.number() });
