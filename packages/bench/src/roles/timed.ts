/** Times the work of a measuring role. */

import type { Loop } from "../peers/peer.ts";
import type { Report } from "./role.ts";

export interface Amount {
  /** Messages or round trips before the clock starts. */
  readonly warmUp: number;
  /** Timed messages or round trips. */
  readonly count: number;
  /** The number of equal steps of `count`; memory is measured after each. @default 1 */
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
