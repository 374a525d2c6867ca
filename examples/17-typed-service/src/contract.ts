/** What the stock service takes and gives. Client and server share this file, and a browser could too. */

import { contract, stream } from "@awaitmq/rpc/contract";
import { z } from "zod";

const Item = z.string().min(1).max(50);
const Level = z.object({ item: Item, left: z.int().nonnegative() });

export const stock = contract("stock", {
  count: {
    description: "How many pieces of an item are left.",
    input: z.object({ item: Item }),
    output: Level,
    errors: { UNKNOWN_ITEM: z.object({ item: Item }) },
    idempotent: true, // a client may retry it
  },
  take: {
    description: "Takes pieces of an item out of the stock: all of them, or none.",
    input: z.object({ item: Item, pieces: z.int().positive() }),
    output: Level,
    errors: { UNKNOWN_ITEM: z.object({ item: Item }), TOO_FEW: Level },
  },
  watch: {
    description: "The level of each item now, and after each change.",
    output: stream(Level),
  },
});
