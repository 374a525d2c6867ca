/** Collects the results: one message per task, in any order. */

import type { Pull } from "@awaitmq/core";
import { type Counts, merge } from "./words.ts";

export async function collect(
  results: Pull,
  count: number,
  signal: AbortSignal,
  onResult: () => void,
): Promise<Counts> {
  const total: Counts = new Map();
  let left = count;
  if (left === 0) return total;
  for await (const [counts] of results.messages({ signal })) {
    merge(total, JSON.parse(counts.toString()));
    onResult();
    left -= 1;
    if (left === 0) break;
  }
  return total;
}
