/** Draws numbers as a line of blocks; higher numbers give higher blocks. */

const blocks = "▁▂▃▄▅▆▇█";

export function chart(values: readonly number[]): string {
  const lowest = Math.min(...values);
  const range = Math.max(...values) - lowest || 1;
  return values.map((value) => blocks[Math.round(((value - lowest) / range) * (blocks.length - 1))]).join("");
}
