/** Writes the report of a bench: a page with a chart per question. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../ask.ts";
import { describeMachine } from "../machine.ts";
import { groups } from "../questions/list.ts";
import { higherIsBetter } from "../questions/question.ts";
import { chart } from "./chart.ts";
import type { Results } from "./results.ts";
import { type Figure, figuresOf, summaryChart } from "./summary.ts";
import { table } from "./table.ts";

const summaryFile = "summary.svg";

/** Writes `README.md` and the charts into a folder, and overwrites earlier ones. Returns the path of the page. */
export async function writeReport(results: Results, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const answer of results.answers) await writeFile(join(folder, fileOf(answer)), chart(answer));
  const figures = figuresOf(results.answers);
  if (figures.length > 0) await writeFile(join(folder, summaryFile), summaryChart(figures));
  const page = join(folder, "README.md");
  await writeFile(page, text(results, figures));
  return page;
}

function text({ began, machine, quick, answers }: Results, figures: readonly Figure[]): string {
  return [
    "# Measured",
    "",
    ...(quick ? ["**These runs were short: their figures have no meaning.**", ""] : []),
    ...(figures.length > 0 ? summary : []),
    `Measured on ${began.slice(0, 10)} with ${describeMachine(machine)}.`,
    "",
    "## How to read this page",
    "",
    "- Contenders run in turns. A bar shows the median of its runs; its line goes from minimum to maximum.",
    "- A ratio compares two medians. `pairwise` is the median of the ratios of adjacent runs.",
    "- Bars in the site's colour have a target, in the column `bar`.",
    "- Compare only figures of one chart. Figures differ by machine.",
    "",
    "To measure again, close other programs and run `pnpm bench`, or `pnpm bench` with the name of a group:",
    `${groups.map((group) => `\`${group}\``).join(", ")}.`,
    "`pnpm bench --report docs/bench` writes this page. Contenders that are not installed are skipped.",
    "",
    "## Differences between the contenders",
    "",
    ...notEqual(answers),
    ...answers.flatMap((answer) => [
      "",
      `## ${capital(answer.title)}`,
      "",
      `${capital(answer.unit)}, ${higherIsBetter(answer.unit) ? "higher" : "lower"} is better. Its name in \`pnpm bench\` is \`${answer.question}\`.`,
      "",
      `![${answer.question}](${fileOf(answer)})`,
      "",
      "```text",
      ...table({ ...answer, notEqual: undefined }).slice(1),
      "```",
    ]),
    "",
  ].join("\n");
}

const summary = [
  `![in multiples of zeromq 6](${summaryFile})`,
  "",
  "Messages or requests per second, in multiples of zeromq 6. Higher is better.",
  "",
];

/** Each reason once, with its questions. */
function notEqual(answers: readonly Answer[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { notEqual, question } of answers) {
    if (notEqual !== undefined) reasons.set(notEqual, [...(reasons.get(notEqual) ?? []), `\`${question}\``]);
  }
  if (reasons.size === 0) return ["None known: all contenders do the same work."];
  return [...reasons].map(([reason, questions]) => `- ${questions.join(", ")}: ${reason}`);
}

function fileOf({ question }: Answer): string {
  return `${question.replaceAll(" ", "-")}.svg`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
