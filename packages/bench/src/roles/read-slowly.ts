/** A peer's stream client: finds its own speed, and then reads a stream without end at a tenth of it. */

import { setTimeout as wait } from "node:timers/promises";
import { ability, type PeerName } from "../peers/list.ts";
import { inOrder } from "./in-order.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

const tenth = 0.1;
/** Longer than any measurement; it fits in 32 bits. */
const endless = 2 ** 31;

/** Reports when it begins to read slowly. */
export const readSlowly: Role<Amount & Connecting & { readonly peer: PeerName }> = async (
  { peer, endpoint, ...amount },
  tell,
) => {
  const read = await (await ability(peer, "streamReader"))(endpoint);
  const report = await timed((count) => inOrder(read, count), amount);
  const perSecond = (amount.count / report.seconds) * tenth;

  const began = performance.now();
  let taken = 0;
  const pace = () => {
    taken += 1;
    const early = began + (taken / perSecond) * 1_000 - performance.now();
    return early > 1 ? wait(early) : undefined;
  };
  // A stream that stands still would have no growth.
  setInterval(() => {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    if (taken < due / 2) tell({ kind: "error", error: `read ${taken} items where ${Math.round(due)} were due` });
  }, 2_000);
  tell({ kind: "report", report });
  await inOrder(read, endless, pace);
};
