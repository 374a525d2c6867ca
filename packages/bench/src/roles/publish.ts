/** A peer's publisher: binds and publishes until it is killed. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Role } from "./role.ts";

export const publish: Role<MessageShape & { readonly peer: PeerName }> = async (work, tell) => {
  const publisher = await ability(work.peer, "publisher");
  const { endpoint, publish: loop } = await publisher(work);
  tell({ kind: "endpoint", endpoint });
  await loop(Number.POSITIVE_INFINITY);
};
