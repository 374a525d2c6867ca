/** What the parcel service takes and gives. */

import { contract, stream } from "@awaitmq/rpc/contract";
import { z } from "zod";

const Parcel = z.object({ id: z.string(), place: z.string() });

export const parcels = contract("parcels", {
  track: {
    input: z.object({ id: z.string().min(1) }),
    output: Parcel,
    errors: { NO_SUCH_PARCEL: z.object({ id: z.string() }) },
    idempotent: true,
  },
  send: {
    input: z.object({ to: z.string().min(1), grams: z.int().positive() }),
    output: Parcel,
    errors: { TOO_HEAVY: z.object({ mostGrams: z.number() }) },
  },
  list: {
    description: "All parcels, one after the other.",
    output: stream(Parcel),
  },
});
