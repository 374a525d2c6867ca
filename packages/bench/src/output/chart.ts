/** Draws an answer as an SVG: a bar per contender. Its length is the median; a line shows minimum and maximum. */

import type { Answer, Row } from "../ask.ts";
import { bar, label, placeOf, svg } from "./svg.ts";
import { formatFigure } from "./table.ts";

const barStart = 170;
const barWidth = 430;

export function chart({ title, unit, rows }: Answer): string {
  const shown = rows.filter(({ summary }) => summary !== undefined);
  const most = Math.max(...shown.map(({ summary }) => summary?.max ?? 0));
  return svg(
    `${title}, ${unit}`,
    shown.map((row, index) => line(row, index, most, unit)),
  );
}

function line({ label: name, summary, ratio, bar: aim }: Row, index: number, most: number, unit: Answer["unit"]) {
  if (summary === undefined) return "";
  const { top, middle } = placeOf(index);
  const at = (figure: number) => Math.round(barStart + (figure / most) * barWidth);
  const times = ratio === undefined ? "" : ` (${ratio.ofMedians.toFixed(2)} x)`;
  return [
    label(barStart - 10, middle, name, "end"),
    bar(barStart, top, at(summary.median) - barStart, aim === undefined ? "other" : "ours"),
    `<path class="range" d="M${at(summary.min)} ${middle}H${at(summary.max)}"/>`,
    label(at(summary.max) + 8, middle, `${formatFigure(summary.median, unit)}${times}`),
  ].join("");
}
