/** What a bench leaves behind for readers: a page with a chart for each question. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../ask.ts";
import { describeMachine } from "../machine.ts";
import { chart } from "./chart.ts";
import type { Results } from "./results.ts";
import { table } from "./table.ts";

/** Writes `README.md` and the charts into a folder, over what was there. Returns the path of the page. */
export async function writeReport(results: Results, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const answer of results.answers) await writeFile(join(folder, fileOf(answer)), chart(answer));
  const page = join(folder, "README.md");
  await writeFile(page, text(results));
  return page;
}

function text({ began, machine, quick, answers }: Results): string {
  return [
    "# Measured",
    "",
    `On ${began.slice(0, 10)}: ${describeMachine(machine)}. The contenders took turns, run by run, in one go; a bar is the median of its`,
    "runs, the line on it goes from minimum to maximum, and the ratio is that of the medians to the one without a ratio. Blue is what has an aim, its `bar`.",
    "",
    "To measure again, with the machine left alone meanwhile: `pnpm bench`, or `pnpm bench throughput`, `latency`, `requests`, `compat`, `fan-out`,",
    "`memory`; this page is written by `pnpm bench --report docs/bench`. Contenders that are not installed are left out by name.",
    ...(quick ? ["", "**These are short runs, whose figures mean nothing.**"] : []),
    ...answers.flatMap((answer) => [
      "",
      `## ${answer.question}`,
      "",
      `${capital(answer.title)}, in ${answer.unit}.`,
      "",
      `![${answer.question}](${fileOf(answer)})`,
      "",
      "```text",
      ...table({ ...answer, notEqual: undefined }).slice(1),
      "```",
      ...(answer.notEqual === undefined ? [] : ["", `Not equal: ${answer.notEqual}`]),
    ]),
    "",
  ].join("\n");
}

function fileOf({ question }: Answer): string {
  return `${question.replaceAll(" ", "-")}.svg`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
