/** Writes the results of a bench as a JSON file. */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer } from "../ask.ts";
import type { Machine } from "../machine.ts";

export interface Results {
  /** The date in ISO 8601. */
  readonly began: string;
  readonly ended: string;
  readonly machine: Machine;
  /** Whether the runs were short, so that the figures have no meaning. */
  readonly quick: boolean;
  readonly answers: readonly Answer[];
}

/** Where results go by default: a file named for the time, in the package's `results`. The script `clean` removes `dist`. */
export function fileFor(began: string): string {
  return fileURLToPath(new URL(`../../results/${began.replaceAll(":", "-")}.json`, import.meta.url));
}

/** Writes to `file`, or where {@link fileFor} says. Returns the path. */
export async function writeResults(results: Results, file: string | undefined): Promise<string> {
  const path = resolve(file ?? fileFor(results.began));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}
