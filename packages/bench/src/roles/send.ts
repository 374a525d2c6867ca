/** A peer's sender: connects and sends messages one by one. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const send: Role<Amount & MessageShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const sender = await ability(work.peer, "sender");
  tell({ kind: "report", report: await timed(await sender(work.endpoint, work), work) });
};
