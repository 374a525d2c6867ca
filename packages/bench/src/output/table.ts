/** Formats an answer as lines of text: a row per peer. */

import type { Answer, Row } from "../ask.ts";
import { type Bar, higherIsBetter, type Unit } from "../questions/question.ts";

export function table({ question, title, unit, rows, baseline, reference, notEqual }: Answer): string[] {
  const header = ["", "median", "min - max", baseline === undefined ? "" : `to ${baseline}`, "pairwise"];
  header.push(reference === undefined ? "" : `to ${reference}`, "bar");
  const cells = [header, ...rows.flatMap((row) => linesOf(row, unit, reference))];
  const widths = header.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? "").length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const notes = [...(notEqual === undefined ? [] : [`Differences: ${notEqual}`])];
  notes.push(
    ...rows.flatMap(({ label, missing, error }) => [
      ...(missing === undefined ? [] : [`${label} is not installed: ${missing}`]),
      ...(error === undefined ? [] : [`${label} failed: ${error}`]),
    ]),
  );
  return [`${question}: ${title}, ${unit}`, ...[...lines, ...notes].map((line) => `  ${line}`)];
}

export function formatFigure(figure: number, unit: Unit): string {
  const digits = higherIsBetter(unit) ? 0 : 1;
  return figure.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function cellsOf(
  { label, summary, ratio, toReference, bar, verdicts, missing, error }: Row,
  unit: Unit,
  reference: string | undefined,
): string[] {
  if (missing !== undefined) return [label, "missing"];
  if (summary === undefined) return [label, error === undefined ? "..." : "failed"];
  return [
    label,
    formatFigure(summary.median, unit),
    `${formatFigure(summary.min, unit)} - ${formatFigure(summary.max, unit)}`,
    ratio === undefined ? "" : `${ratio.ofMedians.toFixed(2)} x`,
    ratio === undefined ? "" : `${ratio.pairwise.toFixed(2)} x`,
    toReference === undefined ? "" : `${toReference.toFixed(2)} x`,
    bar === undefined ? "" : `${formatBar(bar, unit, reference)}: ${verdict(verdicts?.[0])}`,
  ];
}

/** A second target has a line of its own, so that the table is not wider than a page. */
function linesOf(row: Row, unit: Unit, reference: string | undefined): string[][] {
  const { bar, verdicts } = row;
  const cells = cellsOf(row, unit, reference);
  if (bar?.and === undefined || cells.length < 7) return [cells];
  return [cells, ["", "", "", "", "", "", `${formatBar(bar.and, unit, reference)}: ${verdict(verdicts?.[1])}`]];
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return "not judged";
  return met ? "met" : "MISSED";
}

function formatBar({ of, least, most }: Bar, unit: Unit, reference = "the reference"): string {
  const formats: Record<Bar["of"], (value: number) => string> = {
    ratio: (value) => `${value.toFixed(2)} x`,
    reference: (value) => `${value.toFixed(2)} x ${reference}`,
    figure: (value) => formatFigure(value, unit),
  };
  const format = formats[of];
  return [
    ...(least === undefined ? [] : [`at least ${format(least)}`]),
    ...(most === undefined ? [] : [`at most ${format(most)}`]),
  ].join(", ");
}

function isNumeric(column: number): boolean {
  return column >= 1 && column <= 5;
}
