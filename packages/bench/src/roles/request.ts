/** A peer's requester: connects and makes round trips one by one. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const request: Role<Amount & MessageShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const requester = await ability(work.peer, "requester");
  tell({ kind: "report", report: await timed(await requester(work.endpoint, work), work) });
};
