/** The statistics that summarise runs. */

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

/** The slope of the line with the least squared distance to the points. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
  let above = 0;
  let below = 0;
  for (const { x, y } of points) {
    above += (x - middle.x) * (y - middle.y);
    below += (x - middle.x) ** 2;
  }
  return above / below;
}
