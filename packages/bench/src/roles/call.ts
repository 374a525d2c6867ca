/** A peer's caller: connects, and keeps calls in flight. */

import { ability, type PeerName } from "../peers/list.ts";
import type { CallerSettings } from "../peers/peer.ts";
import { answered } from "./answered.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export interface CallsWork extends Amount, CallerSettings, Connecting {
  readonly peer: PeerName;
}

export const call: Role<CallsWork> = async ({ peer, endpoint, inFlight, ...amount }, tell) => {
  const caller = await ability(peer, "caller");
  tell({ kind: "report", report: await timed(answered(await caller(endpoint, { inFlight }), inFlight), amount) });
};
