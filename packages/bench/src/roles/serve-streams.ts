/** A peer's stream server: binds and serves any number of streams at once. */

import { ability, type PeerName } from "../peers/list.ts";
import type { Role } from "./role.ts";

export const serveStreams: Role<{ readonly peer: PeerName }> = async ({ peer }, tell) => {
  tell({ kind: "endpoint", endpoint: await (await ability(peer, "streamServer"))() });
};
