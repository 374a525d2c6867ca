/** A peer's sender: connects and sends messages one by one. */

import { type PeerName, peers } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const send: Role<Amount & MessageShape & Connecting & { readonly peer: PeerName }> = async (work, tell) => {
  const peer = await peers[work.peer].load();
  tell({ kind: "report", report: await timed(await peer.sender(work.endpoint, work), work) });
};
