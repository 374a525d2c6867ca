/** An answer as an SVG: a bar a contender, the median as its length, minimum and maximum as a line. */

import type { Answer, Row } from "../ask.ts";
import { formatFigure } from "./table.ts";

const width = 760;
const rowHeight = 30;
const barStart = 170;
const barWidth = 430;

export function chart({ title, unit, rows }: Answer): string {
  const shown = rows.filter(({ summary }) => summary !== undefined);
  const most = Math.max(...shown.map(({ summary }) => summary?.max ?? 0));
  const height = shown.length * rowHeight + 20;
  const bars = shown.map((row, index) => bar(row, index * rowHeight + 10, most, unit));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(`${title}, ${unit}`)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="#fff"/>`,
    '<g font-family="system-ui, sans-serif" font-size="13" fill="#222">',
    ...bars,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function bar({ label, summary, ratio, bar: aim }: Row, top: number, most: number, unit: Answer["unit"]): string {
  if (summary === undefined) return "";
  const at = (figure: number) => Math.round(barStart + (figure / most) * barWidth);
  const middle = top + rowHeight / 2 - 4;
  const times = ratio === undefined ? "" : ` (${ratio.ofMedians.toFixed(2)} x)`;
  return [
    `<text x="${barStart - 10}" y="${middle + 5}" text-anchor="end">${escaped(label)}</text>`,
    `<rect x="${barStart}" y="${top}" width="${at(summary.median) - barStart}" height="${rowHeight - 8}" fill="${aim === undefined ? "#b8c0cc" : "#3b7dd8"}"/>`,
    `<path d="M${at(summary.min)} ${middle}H${at(summary.max)}" stroke="#222" stroke-width="2"/>`,
    `<text x="${at(summary.max) + 8}" y="${middle + 5}">${formatFigure(summary.median, unit)}${times}</text>`,
  ].join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
