/** The most important figures: speed relative to zeromq 6, in words and as one chart. */

import type { Answer } from "../ask.ts";
import { bar, label, placeOf, svg } from "./svg.ts";

/** A row of a question, and the row of zeromq in the same question. */
const shown = [
  { question: "one-way 128", row: "core", words: "for await, 128 B" },
  { question: "send 128", row: "core", words: "await send, 128 B" },
  { question: "requests 256", row: "patterns", words: "256 requests in flight" },
  { question: "streams 1", row: "patterns", words: "a stream of JSON items" },
  { question: "packed 128", row: "packed", words: "packed, 128 B" },
  { question: "packed 128", row: "batches()", words: "packed, by batches()" },
] as const;

export interface Figure {
  readonly words: string;
  /** The ratio of the medians to zeromq 6. */
  readonly ratio: number;
}

/**
 * Returns the figures that were measured.
 *
 * @throws Error if a question was asked but has no such row: it was renamed
 */
export function figuresOf(answers: readonly Answer[]): Figure[] {
  return shown.flatMap(({ question, row, words }) => {
    const answer = answers.find((answer) => answer.question === question);
    if (answer === undefined) return [];
    const [ours, theirs] = [medianOf(answer, row), medianOf(answer, "zeromq")];
    return ours === undefined || theirs === undefined ? [] : [{ words, ratio: ours / theirs }];
  });
}

function medianOf({ question, rows }: Answer, name: string): number | undefined {
  const row = rows.find(({ label }) => label === name);
  if (row === undefined)
    throw new Error(`Cannot summarise ${question}: it has no row ${name}. Correct the list in summary.ts`);
  return row.summary?.median;
}

const barStart = 190;
const barWidth = 450;

/** Draws all figures on one scale. */
export function summaryChart(figures: readonly Figure[]): string {
  const most = Math.max(...figures.map(({ ratio }) => ratio));
  return svg(
    "Messages or requests per second, in multiples of zeromq 6",
    figures.map(({ words, ratio }, index) => {
      const { top, middle } = placeOf(index);
      const length = Math.round((ratio / most) * barWidth);
      return [
        label(barStart - 10, middle, words, "end"),
        bar(barStart, top, length, "ours"),
        label(barStart + length + 8, middle, `${ratio.toFixed(1)} x`),
      ].join("");
    }),
  );
}
