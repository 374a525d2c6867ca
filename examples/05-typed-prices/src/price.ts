/** The schema of a price, and its types. */

import { z } from "zod";

export const Price = z.object({
  bid: z.number().positive(),
  ask: z.number().positive(),
  at: z.iso.datetime().transform((text) => new Date(text)),
});

/** The time is text in a published price, and a Date in a received price. */
export type PublishedPrice = z.input<typeof Price>;
export type ReceivedPrice = z.output<typeof Price>;
