/** The arguments of `pnpm bench`. */

import { parseArgs } from "node:util";
import { groups } from "./questions/list.ts";

export const usage = `Usage: pnpm bench [options] [filter ...]

Answers the questions of a group (${groups.join(", ")}), or whose names contain one of the filters.
Without a filter it answers all questions.

  --runs N     runs per peer, 1 or more (default 5, and 1 with --quick)
  --quick      short runs that only check that everything works; ignore their figures
  --report DIR writes a page with charts there
  --json FILE  the file for the results (default packages/bench/results/<time>.json)
  --strict     exit with 1 if a figure misses its target
  --help       this text
`;

export interface CommandLine {
  readonly filters: readonly string[];
  readonly runs: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly strict: boolean;
  readonly help: boolean;
}

/** @throws TypeError, RangeError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      report: { type: "string" },
      strict: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(`--runs must be a whole number, 1 or more, got ${values.runs}`);
  }
  const { quick, json, report, strict, help } = values;
  return { filters: positionals, runs, quick, json, report, strict, help };
}
