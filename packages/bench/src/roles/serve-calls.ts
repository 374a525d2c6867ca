/** A peer's call server: binds and answers any number of calls at once. */

import { ability, type PeerName } from "../peers/list.ts";
import type { Role } from "./role.ts";

export const serveCalls: Role<{ readonly peer: PeerName }> = async ({ peer }, tell) => {
  tell({ kind: "endpoint", endpoint: await (await ability(peer, "callServer"))() });
};
