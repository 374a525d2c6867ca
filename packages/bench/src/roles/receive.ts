/** A peer's receiver: binds and reads messages one by one. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export const receive: Role<Amount & MessageShape & { readonly peer: PeerName }> = async (work, tell) => {
  const receiver = await ability(work.peer, "receiver");
  const { endpoint, receive: loop } = await receiver(work);
  tell({ kind: "endpoint", endpoint });
  tell({ kind: "report", report: await timed(loop, work) });
};
