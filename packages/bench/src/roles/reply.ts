/** A peer's replier: binds and answers. */

import { ability, type PeerName } from "../peers/list.ts";
import type { Role } from "./role.ts";

export const reply: Role<{ readonly peer: PeerName }> = async ({ peer }, tell) => {
  const replier = await (await ability(peer, "replier"))();
  tell({ kind: "endpoint", endpoint: replier });
};
