/** A peer's server: binds and answers any number of requests at once. */

import { ability, type PeerName } from "../peers/list.ts";
import type { ServerSettings } from "../peers/peer.ts";
import type { Role } from "./role.ts";

export const serve: Role<ServerSettings & { readonly peer: PeerName }> = async ({ peer, ...settings }, tell) => {
  const server = await ability(peer, "server");
  tell({ kind: "endpoint", endpoint: await server(settings) });
};
