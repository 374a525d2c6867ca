/** The two statistics that summarise runs. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the ratios of adjacent runs. Disturbances that affect both runs have little effect. */
export function pairwiseRatio(values: readonly number[], baseline: readonly number[]): number {
  const pairs = Math.min(values.length, baseline.length);
  return median(values.slice(0, pairs).map((value, run) => value / (baseline[run] ?? Number.NaN)));
}
