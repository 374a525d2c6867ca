/** A peer's subscriber: connects, measures, and then keeps reading, so that it does not slow down the other subscribers. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const subscribe: Role<Amount & MessageShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const loop = await (await ability(work.peer, "subscriber"))(work.endpoint, work);
  tell({ kind: "report", report: await timed(loop, work) });
  await loop(Number.POSITIVE_INFINITY);
};
