/** The stopwatch of every measuring role. */

import type { Loop } from "../peers/peer.ts";
import type { Report } from "./role.ts";

export interface Amount {
  /** Messages or round trips before the clock starts. */
  readonly warmUp: number;
  /** Messages or round trips that are timed. */
  readonly count: number;
  /** Into how many equal steps `count` is divided, to look at the memory after each. @default 1 */
  readonly steps?: number | undefined;
}

export async function timed(loop: Loop, { warmUp, count, steps = 1 }: Amount): Promise<Report> {
  await loop(warmUp);
  const resident = [process.memoryUsage.rss()];
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    await loop(count / steps);
    resident.push(process.memoryUsage.rss());
  }
  return { seconds: (performance.now() - began) / 1_000, resident };
}
