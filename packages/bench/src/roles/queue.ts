/** A sender without a peer: queues messages, and measures memory before and after. */

import { ability, type PeerName } from "../peers/list.ts";
import type { MessageShape } from "../peers/peer.ts";
import type { Role } from "./role.ts";

/** An address without a listener. */
const nowhere = "tcp://127.0.0.1:1";

export const queue: Role<MessageShape & { readonly peer: PeerName; readonly count: number }> = async (work, tell) => {
  const loop = await (await ability(work.peer, "sender"))(nowhere, work);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  loop(work.count).catch(() => {});
  const resident = [before, process.memoryUsage.rss()];
  tell({ kind: "report", report: { seconds: (performance.now() - began) / 1_000, resident } });
};
