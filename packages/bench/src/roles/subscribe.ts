/** A peer's subscriber: connects, measures, and then reads on, so that it holds up nobody who still measures. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const subscribe: Role<Amount & MessageShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const loop = await (await ability(work.peer, "subscriber"))(work.endpoint, work);
  tell({ kind: "report", report: await timed(loop, work) });
  await loop(Number.POSITIVE_INFINITY);
};
