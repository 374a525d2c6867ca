/** SVG charts for a page, light or dark by the system default. */

/** The site's colours: petrol for this project, slate for the systems that it is compared with. */
const style = [
  "text{font:13px system-ui,sans-serif;fill:#1f2937}",
  ".card{fill:#fff}.ours{fill:#0f766e}.other{fill:#94a3b8}.range{stroke:#1f2937;stroke-width:2}",
  "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.card{fill:#202329}.ours{fill:#2dd4bf}.other{fill:#64748b}.range{stroke:#e5e7eb}}",
].join("");

const rowHeight = 30;
const width = 760;

/** Draws a card with one line per row, from the markup in `rows`. */
export function svg(title: string, rows: readonly string[]): string {
  const height = rows.length * rowHeight + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="card" width="${width}" height="${height}" rx="6"/>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

/** The top and the middle of the row with that index. */
export function placeOf(index: number): { readonly top: number; readonly middle: number } {
  const top = index * rowHeight + 10;
  return { top, middle: top + rowHeight / 2 - 4 };
}

export function label(x: number, y: number, text: string, anchor: "start" | "end" = "start"): string {
  return `<text x="${x}" y="${y + 5}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

export function bar(x: number, top: number, length: number, kind: "ours" | "other"): string {
  return `<rect class="${kind}" x="${x}" y="${top}" width="${length}" height="${rowHeight - 8}"/>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
