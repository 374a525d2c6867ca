/** Answers a question: the contenders run in turns, and their figures are compared. */

import { missing } from "./peers/list.ts";
import { type Bar, type Contender, higherIsBetter, type Question, type Unit } from "./questions/question.ts";
import { median, pairwiseRatio } from "./statistics.ts";

export interface Row {
  readonly label: string;
  readonly peer: string;
  /** One figure per run, in the order of the runs. */
  readonly figures: number[];
  /** Absent before the first figure. */
  summary?: { readonly median: number; readonly min: number; readonly max: number };
  /** The ratio of the medians to the reference. */
  toReference?: number;
  /** Ratios to the baseline: of the medians, and the median of the ratios of runs in the same round. */
  ratio?: { readonly ofMedians: number; readonly pairwise: number };
  readonly bar?: Bar;
  /** Whether each of its targets is met. Undefined for one that could not be checked. */
  verdicts?: readonly (boolean | undefined)[];
  /** Whether all are met. Absent if one could not be checked. */
  met?: boolean;
  /** How to install the missing peer. */
  missing?: string;
  /** The reason why the row has no further runs. */
  error?: string;
}

export interface Answer {
  readonly question: string;
  readonly title: string;
  readonly unit: Unit;
  readonly runs: number;
  /** The label of the row that ratios relate to. */
  baseline?: string;
  /** The label of a second row that figures are compared with. Absent if it is the baseline or has no figure. */
  reference?: string;
  readonly notEqual?: string | undefined;
  readonly rows: readonly Row[];
}

export interface AskOptions {
  /** Runs per contender, 1 or more. */
  readonly runs: number;
  /** The length of a run; 1 is full length. */
  readonly scale: number;
  /** Called before each run, with the answer so far. */
  readonly onRun: (answer: Answer, row: Row, run: number) => void;
  /** Called after each run. */
  readonly onFigure: (answer: Answer, row: Row, run: number) => void;
}

export async function ask(question: Question, { runs, scale, onRun, onFigure }: AskOptions): Promise<Answer> {
  const entries = question.contenders.map((contender) => ({ contender, row: newRow(contender) }));
  const answer: Answer = {
    question: question.name,
    title: question.title,
    unit: question.unit,
    runs: Math.min(runs, question.runs ?? runs),
    ...(typeof question.baseline === "string" ? { baseline: question.baseline } : {}),
    ...(question.notEqual === undefined ? {} : { notEqual: question.notEqual }),
    rows: entries.map(({ row }) => row),
  };
  for (const { contender, row } of entries) {
    const install = await missing(contender.peer);
    if (install !== undefined) row.missing = install;
  }
  for (let run = 1; run <= answer.runs; run++) {
    // The first contender finds the machine as the last run left it, so rotate the order too.
    for (const { contender, row } of run % 2 === 1 ? entries : [...entries].reverse()) {
      if (row.missing !== undefined || row.error !== undefined) continue;
      onRun(answer, row, run);
      try {
        row.figures.push(await question.measure(contender, scale));
      } catch (error) {
        row.error = error instanceof Error ? error.message : String(error);
      }
      compare(answer, question);
      onFigure(answer, row, run);
    }
  }
  return answer;
}

function newRow({ peer, label = peer, bar }: Contender): Row {
  return { label, peer, figures: [], ...(bar === undefined ? {} : { bar }) };
}

function compare(answer: Answer, { baseline = [], reference: second = "zeromq" }: Question): void {
  const { rows, unit } = answer;
  for (const row of rows) {
    const { figures } = row;
    if (figures.length > 0) {
      row.summary = { median: median(figures), min: Math.min(...figures), max: Math.max(...figures) };
    }
  }
  const sign = higherIsBetter(unit) ? 1 : -1;
  const goodness = ({ summary }: Row) => (summary === undefined ? Number.NEGATIVE_INFINITY : sign * summary.median);
  const base = rows
    .filter(({ label }) => [baseline].flat().includes(label))
    .sort((a, b) => goodness(b) - goodness(a))[0];
  if (base !== undefined) answer.baseline = base.label;
  const reference =
    base === undefined || base.label === second ? undefined : rows.find(({ label }) => label === second);
  if (reference?.summary !== undefined) answer.reference = second;
  for (const row of rows) {
    const { figures, bar, summary } = row;
    if (summary === undefined) continue;
    delete row.ratio;
    if (base?.summary !== undefined && base !== row) {
      row.ratio = {
        ofMedians: summary.median / base.summary.median,
        pairwise: pairwiseRatio(figures, base.figures),
      };
    }
    delete row.toReference;
    if (reference?.summary !== undefined && reference !== row) {
      row.toReference = summary.median / reference.summary.median;
    }
    const compared = { figure: summary.median, ratio: row.ratio?.ofMedians, reference: row.toReference };
    if (bar === undefined) continue;
    row.verdicts = verdictsOf(bar, compared);
    if (!row.verdicts.includes(undefined)) row.met = row.verdicts.every(Boolean);
  }
}

function verdictsOf(
  { of, least, most, and }: Bar,
  compared: Readonly<Record<Bar["of"], number | undefined>>,
): (boolean | undefined)[] {
  const judged = compared[of];
  const met =
    judged === undefined
      ? undefined
      : judged >= (least ?? Number.NEGATIVE_INFINITY) && judged <= (most ?? Number.POSITIVE_INFINITY);
  return [met, ...(and === undefined ? [] : verdictsOf(and, compared))];
}
