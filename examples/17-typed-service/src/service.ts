/** The stock service. Each handler gets checked input, and can fail only with the codes of its method. */

import { EventEmitter, on } from "node:events";
import { implement } from "@awaitmq/rpc";
import { stock } from "./contract.ts";

/** @param levels how many pieces of each item there are */
export function stockService(levels: Map<string, number>) {
  const changes = new EventEmitter();

  return implement(stock, {
    count({ item }, { fail }) {
      const left = levels.get(item);
      if (left === undefined) throw fail("UNKNOWN_ITEM", { item });
      return { item, left };
    },

    take({ item, pieces }, { fail }) {
      const before = levels.get(item);
      if (before === undefined) throw fail("UNKNOWN_ITEM", { item });
      if (before < pieces) throw fail("TOO_FEW", { item, left: before });
      const level = { item, left: before - pieces };
      levels.set(item, level.left);
      changes.emit("changed", level);
      return level;
    },

    async *watch(_input, { signal, stopping }) {
      // The client leaves, or the server stops. Changes are collected from here on.
      const over = AbortSignal.any([signal, stopping]);
      const changed = on(changes, "changed", { signal: over });
      try {
        for (const [item, left] of [...levels]) yield { item, left };
        for await (const [level] of changed) yield level;
      } catch (error) {
        if (!over.aborted) throw error;
      }
    },
  });
}
