/** Measures the round trip of a small request and its reply, one at a time; both ends are the same peer. */

import type { PeerName } from "../peers/list.ts";
import { Processes } from "../processes.ts";
import { scaled } from "./question.ts";

/** Returns the microseconds of a round trip of 16 B. */
export async function roundTrip(peer: PeerName, scale: number): Promise<number> {
  await using processes = new Processes();
  const replier = processes.start("reply", { peer });
  const amount = { count: scaled(12_000, scale), warmUp: scaled(4_000, scale) };
  const requester = processes.start("request", { peer, endpoint: await replier.endpoint, size: 16, ...amount });
  return ((await requester.report).seconds / amount.count) * 1e6;
}
