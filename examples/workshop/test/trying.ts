/** Running the workshop on a file. */

import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finished, run } from "@awaitmq/testing";
import { afterAll, beforeAll } from "vitest";
import { attempt, Exercise, type Wrong } from "../checking.mjs";

export const workshop = fileURLToPath(new URL("..", import.meta.url));
export const workshopFile = (...parts: string[]) => join(workshop, ...parts);

let folder: string;

// Inside the package, so that its imports are found.
beforeAll(async () => {
  folder = await mkdtemp(workshopFile("tmp-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file of this test's own. */
export const ownFile = (name: string) => join(folder, name);

export function command(...args: string[]): Promise<Finished> {
  return commandIn({ LC_ALL: "C" }, ...args);
}

/** The command on a system whose language these variables set. */
export function commandIn(
  env: Readonly<Record<string, string | undefined>>,
  ...args: string[]
): Promise<Finished> {
  return run(workshopFile("workshop.mjs"), { args, env });
}

export function check(number: number, file?: string): Promise<Finished> {
  return command(
    "check",
    String(number),
    ...(file === undefined ? [] : [file]),
  );
}

/** What the check of a lesson finds wrong with a program. */
export async function tried(
  lesson: string,
  file: string,
): Promise<Wrong | undefined> {
  const { check } = await import(`../${lesson}/check.mjs`);
  return attempt(check, new Exercise(file));
}
