/** A parcel service. Parcel "lost" is searched for until nobody waits any more; the list has no end. */

import { EventEmitter, once } from "node:events";
import { implement } from "@awaitmq/rpc";
import { parcels } from "./contract.ts";

/** Reports what happens in the service. */
export const events = new EventEmitter();

/** Rows of the list so far, and the bytes of each. */
export const listing = { rows: 0, rowBytes: 20_000 };

const places = new Map([["7", "Zurich"]]);

export const parcelService = implement(parcels, {
  async track({ id }, { fail, signal, remaining }) {
    if (id === "lost") {
      events.emit("searching", remaining);
      signal.addEventListener("abort", () => events.emit("given up", signal.reason));
      await once(signal, "abort");
      signal.throwIfAborted();
    }
    const place = places.get(id);
    if (place === undefined) throw fail("NO_SUCH_PARCEL", { id });
    return { id, place };
  },

  send({ to, grams }, { fail }) {
    if (grams > 30_000) throw fail("TOO_HEAVY", { mostGrams: 30_000 });
    const id = String(places.size + 7);
    places.set(id, `on its way to ${to}`);
    return { id, place: `on its way to ${to}` };
  },

  async *list() {
    try {
      for (; ; listing.rows++) yield { id: String(listing.rows), place: "x".repeat(listing.rowBytes) };
    } finally {
      events.emit("listed");
    }
  },
});
