/** The most frequent words as a bar chart, one word per line. */

import type { Counts } from "./words.ts";

const longestBar = 40;

export function chart(counts: Counts, rows: number): string {
  const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, rows);
  const most = top[0]?.[1] ?? 0;
  const widest = Math.max(...top.map(([word]) => word.length));
  return top
    .map(([word, count]) => {
      const bar = "█".repeat(Math.max(1, Math.round((count / most) * longestBar)));
      return `${word.padStart(widest)} ${bar} ${count.toLocaleString("en")}`;
    })
    .join("\n");
}
