/** Finds and counts words. The workers and the check both use it. */

export type Counts = Map<string, number>;

/** A letter, then letters, digits and underscores of any script. */
const word = /\p{L}[\p{L}\p{M}\p{N}_]*/gu;

export function countWords(text: string): Counts {
  const counts: Counts = new Map();
  for (const [match] of text.matchAll(word)) add(counts, match.toLowerCase(), 1);
  return counts;
}

/** Adds counts to a total. Takes any iterable of pairs, such as parsed JSON. */
export function merge(total: Counts, counts: Iterable<readonly [word: string, count: number]>): void {
  for (const [word, count] of counts) add(total, word, count);
}

export function same(a: Counts, b: Counts): boolean {
  return a.size === b.size && [...a].every(([word, count]) => b.get(word) === count);
}

function add(counts: Counts, word: string, count: number): void {
  counts.set(word, (counts.get(word) ?? 0) + count);
}
