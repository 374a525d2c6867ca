/** A peer's stream client: reads streams at once, as fast as it can. */

import { ability, type PeerName } from "../peers/list.ts";
import { inOrder } from "./in-order.ts";
import type { Connecting, Role } from "./role.ts";
import { type Amount, timed } from "./timed.ts";

export interface StreamsWork extends Amount, Connecting {
  readonly peer: PeerName;
  /** Streams at a time; the amount is that of each. */
  readonly streams: number;
}

export const readStreams: Role<StreamsWork> = async ({ peer, endpoint, streams, ...amount }, tell) => {
  const read = await (await ability(peer, "streamReader"))(endpoint);
  const loop = async (count: number) => {
    await Promise.all(Array.from({ length: streams }, () => inOrder(read, count)));
  };
  tell({ kind: "report", report: await timed(loop, amount) });
};
