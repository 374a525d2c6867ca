/** A peer's receiver: binds and reads messages one by one. */

import { type PeerName, peers } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const receive: Role<Amount & MessageShape & { readonly peer: PeerName }> = async (work, tell) => {
  const peer = await peers[work.peer].load();
  const { endpoint, receive: loop } = await peer.receiver(work);
  tell({ kind: "endpoint", endpoint });
  tell({ kind: "report", report: await timed(loop, work) });
};
