/** A sender whose peer is not there: queues messages, and looks at the memory before and after. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Role } from "./role.ts";

/** Nothing listens there. */
const nowhere = "tcp://127.0.0.1:1";

export const queue: Role<MessageShape & { readonly peer: PeerName; readonly count: number }> = async (work, tell) => {
  const loop = await (await ability(work.peer, "sender"))(nowhere, work);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  loop(work.count).catch(() => {});
  const resident = [before, process.memoryUsage.rss()];
  tell({ kind: "report", report: { seconds: (performance.now() - began) / 1_000, resident } });
};
