/** What is published: its schema, and with it its type. */

import { z } from "zod";

export const Price = z.object({
  bid: z.number().positive(),
  ask: z.number().positive(),
  at: z.iso.datetime().transform((text) => new Date(text)),
});

/** As it travels, the time as text, and as a subscriber gets it, a Date. */
export type PublishedPrice = z.input<typeof Price>;
export type ReceivedPrice = z.output<typeof Price>;
