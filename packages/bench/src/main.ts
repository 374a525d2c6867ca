/** `pnpm bench`: asks the questions, shows the table live, and saves the results. */

import { type Answer, ask } from "./ask.ts";
import { parseCommandLine, usage } from "./command-line.ts";
import { describeMachine, machine } from "./machine.ts";
import { Progress } from "./output/progress.ts";
import { writeReport } from "./output/report.ts";
import { writeResults } from "./output/results.ts";
import { questions } from "./questions/list.ts";

/** The length of a run with `--quick`; 1 is full length. */
const quickScale = 0.02;

async function main(args: readonly string[]): Promise<number> {
  const { filters, runs, quick, json, report, strict, help } = parseCommandLine(args);
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  const chosen = questions.filter(
    ({ name, group }) => filters.length === 0 || filters.some((text) => group === text || name.includes(text)),
  );
  if (chosen.length === 0) {
    const names = questions.map(({ name }) => name).join(", ");
    throw new RangeError(`No question is named like ${filters.join(" or ")}. There are: ${names}`);
  }
  const place = machine();
  process.stdout.write(`${describeMachine(place)}\n\n`);
  const progress = new Progress(process.stdout);
  const began = new Date().toISOString();
  const answers: Answer[] = [];
  for (const question of chosen) {
    const answer = await ask(question, {
      runs,
      scale: quick ? quickScale : 1,
      onRun: (...run) => progress.begin(...run),
      onFigure: (...run) => progress.figure(...run),
    });
    progress.end(answer);
    answers.push(answer);
  }
  const results = { began, ended: new Date().toISOString(), machine: place, quick, answers };
  process.stdout.write(`Written to ${await writeResults(results, json)}\n`);
  if (report !== undefined) process.stdout.write(`Written to ${await writeReport(results, report)}\n`);
  const rows = answers.flatMap((answer) => answer.rows);
  return rows.some(({ error, met }) => error !== undefined || (strict && met === false)) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
