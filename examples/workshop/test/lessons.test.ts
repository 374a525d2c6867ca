/** Programs run, and checks accept correct exercises and refuse common mistakes, in two languages. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { lessons, programsOf } from "../lessons.mjs";
import { mistakes } from "./mistakes.ts";
import { ownFile, tried, workshop, workshopFile } from "./trying.ts";

test("each lesson has its programs and its exercise, and no other files", async () => {
  const names = (await readdir(workshop, { withFileTypes: true })).filter(
    (entry) => /^\d/.test(entry.name),
  );
  expect(names.map(({ name }) => name).sort()).toEqual(
    lessons.map(({ folder }) => folder),
  );
  for (const lesson of lessons) {
    const files = [
      ...["check.mjs", "exercise.mjs", "solution.mjs"],
      ...programsOf(lesson, "en"),
      ...programsOf(lesson, "es"),
    ];
    expect((await readdir(workshopFile(lesson.folder))).sort()).toEqual(
      files.sort(),
    );
  }
});

/** A comment, to the end of its line. */
const comment = /(?<=^|\s)\/\/ .*$/gm;

const programs = lessons.flatMap((lesson) =>
  programsOf(lesson, "en").map((file, index) => ({
    folder: lesson.folder,
    file,
    spanish: programsOf(lesson, "es")[index] ?? "",
  })),
);

test.each(programs)(
  "$folder/$spanish has the code of $file, and other comments",
  async ({ folder, file, spanish }) => {
    const [en = "", es = ""] = await Promise.all(
      [file, spanish].map((name) =>
        readFile(workshopFile(folder, name), "utf8"),
      ),
    );
    expect(withoutComments(es)).toBe(withoutComments(en));
    const comments = es.match(comment) ?? [];
    expect(comments.length).toBeGreaterThan(0);
    expect(en.match(comment)).not.toEqual(expect.arrayContaining(comments));
  },
);

test.each(lessons)(
  "programs of lesson $number fit in 80 columns",
  async (lesson) => {
    const files = [
      ...["exercise.mjs", "solution.mjs"],
      ...programsOf(lesson, "en"),
      ...programsOf(lesson, "es"),
    ];
    for (const file of files) {
      const text = await readFile(workshopFile(lesson.folder, file), "utf8");
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  },
);

// Most of the time is spent waiting for messages that do not arrive.
describe.concurrent.each(lessons)(
  "lesson $number, $title.en",
  ({ number, folder: lesson, ...others }) => {
    test.each(programsOf({ number, folder: lesson, ...others }, "en"))(
      "%s shows what it says, and ends",
      async (file) => {
        const { code, stderr, stdout } = await run(workshopFile(lesson, file));
        expect(stderr).toBe("");
        expect(stdout).not.toBe("");
        expect(code).toBe(0);
      },
    );

    test("the check takes the solution", async () => {
      expect(
        await tried(lesson, workshopFile(lesson, "solution.mjs")),
      ).toBeUndefined();
    });

    test("the check refuses the exercise as it is given, in English and in Spanish", async () => {
      const wrong = await tried(lesson, workshopFile(lesson, "exercise.mjs"));
      expect(wrong?.hint.en).toMatch(/^[A-Z0-9"[].+[.?]$/s);
      expect(wrong?.hint.es).toMatch(/^[A-Z0-9"[¿].+[.?]$/s);
      expect(wrong?.hint.es).not.toBe(wrong?.hint.en);
    });

    test.each(mistakes.filter(({ of }) => of === number))(
      "the check of lesson $of refuses $mistake",
      async (wrong) => {
        const solution = await readFile(
          workshopFile(lesson, "solution.mjs"),
          "utf8",
        );
        const changed = solution.replace(wrong.from, wrong.to);
        expect(changed).not.toBe(solution);
        const file = ownFile(
          `${number}-${wrong.mistake.replaceAll(/\W/g, "-")}.mjs`,
        );
        await writeFile(file, changed);
        expect((await tried(lesson, file))?.hint.en).toMatch(wrong.hint);
      },
    );
  },
);

function withoutComments(code: string): string {
  return code.replaceAll(comment, "").replaceAll(/\s+/g, " ").trim();
}
