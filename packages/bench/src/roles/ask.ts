/** A peer's client: connects, and keeps many requests in flight. */

import { ability, type PeerName } from "../peers/list.ts";
import type { AskingShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const ask: Role<Amount & AskingShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const asker = await ability(work.peer, "asker");
  tell({ kind: "report", report: await timed(await asker(work.endpoint, work), work) });
};
