/** Running the workshop on a file. */

import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finished, run } from "@awaitmq/testing";
import { afterAll, beforeAll } from "vitest";
import { Exercise, Wrong } from "../checking.mjs";

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
  return run(workshopFile("workshop.mjs"), { args, env: { LC_ALL: "C" } });
}

export function check(number: number, file?: string): Promise<Finished> {
  return command("check", String(number), ...(file === undefined ? [] : [file]));
}

/** What the check of a lesson finds wrong with a program. */
export async function tried(lesson: string, file: string): Promise<Wrong | undefined> {
  const { check } = await import(`../${lesson}/check.mjs`);
  const exercise = new Exercise(file);
  try {
    await check(exercise);
    return undefined;
  } catch (error) {
    if (error instanceof Wrong) return error;
    throw error;
  } finally {
    await exercise.dispose();
  }
}
