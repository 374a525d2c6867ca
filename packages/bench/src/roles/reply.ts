/** A peer's replier: binds and answers. */

import { type PeerName, peers } from "../peers/list.ts";
import type { Role } from "./role.ts";

export const reply: Role<{ readonly peer: PeerName }> = async ({ peer }, tell) => {
  const replier = await (await peers[peer].load()).replier();
  tell({ kind: "endpoint", endpoint: replier });
};
