/** The checks take what is right, refuse what is nearly right, and say so in two languages. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { lessons } from "../lessons.mjs";
import { mistakes } from "./mistakes.ts";
import { ownFile, tried, workshop, workshopFile } from "./trying.ts";

test("each lesson has its five files, and there are no others", async () => {
  const names = (await readdir(workshop, { withFileTypes: true })).filter((entry) => /^\d/.test(entry.name));
  expect(names.map(({ name }) => name).sort()).toEqual(lessons.map(({ folder }) => folder));
  for (const { name } of names) {
    const files = ["check.mjs", "classic.cjs", "exercise.mjs", "modern.mjs", "solution.mjs"];
    expect((await readdir(workshopFile(name))).sort()).toEqual(files);
  }
});

// Most of the time is spent waiting for what does not come.
describe.concurrent.each(lessons)("lesson $number, $title.en", ({ number, folder: lesson }) => {
  test.each(["classic.cjs", "modern.mjs"])("%s shows what it says, and ends", async (file) => {
    const { code, stderr, stdout } = await run(workshopFile(lesson, file));
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
    expect(code).toBe(0);
  });

  test("the check takes the solution", async () => {
    expect(await tried(lesson, workshopFile(lesson, "solution.mjs"))).toBeUndefined();
  });

  test("the check refuses the exercise as it is given, in English and in Spanish", async () => {
    const wrong = await tried(lesson, workshopFile(lesson, "exercise.mjs"));
    expect(wrong?.hint.en).toMatch(/^[A-Z0-9"[].+[.?]$/s);
    expect(wrong?.hint.es).toMatch(/^[A-Z0-9"[¿].+[.?]$/s);
    expect(wrong?.hint.es).not.toBe(wrong?.hint.en);
  });

  test.each(mistakes.filter(({ of }) => of === number))("the check of lesson $of refuses $mistake", async (wrong) => {
    const solution = await readFile(workshopFile(lesson, "solution.mjs"), "utf8");
    const changed = solution.replace(wrong.from, wrong.to);
    expect(changed).not.toBe(solution);
    const file = ownFile(`${number}-${wrong.mistake.replaceAll(/\W/g, "-")}.mjs`);
    await writeFile(file, changed);
    expect((await tried(lesson, file))?.hint.en).toMatch(wrong.hint);
  });
});
