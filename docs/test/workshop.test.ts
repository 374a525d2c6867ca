/** The pages of the workshop: each has its lesson's programs and task in its language, and the glossaries agree. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Language, lessons, programsOf } from "../../examples/workshop/lessons.mjs";
import { english, spanish } from "../.vitepress/menus.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const languages = [
  {
    language: "en",
    folder: "docs/workshop",
    exercise: "## Exercise",
    glossary: "glossary",
    body: "one or more segments",
  },
  {
    language: "es",
    folder: "docs/es/taller",
    exercise: "## Ejercicio",
    glossary: "glosario",
    body: "uno o más segmentos",
  },
] satisfies { language: Language; [what: string]: string }[];

function page(folder: string, name: string): Promise<string> {
  return readFile(join(root, folder, `${name}.md`), "utf8");
}

describe.each(languages)("a page in $language", ({ language, folder, exercise, glossary, body }) => {
  test.each(lessons)("of lesson $number shows its programs", async (lesson) => {
    const included = Array.from((await page(folder, lesson.folder)).matchAll(/^<<< (\S+)/gm), ([, path = ""]) => path);
    const shown = [...programsOf(lesson, language), "exercise.mjs", "solution.mjs"];
    expect(included.map((path) => join(root, folder, path)).sort()).toEqual(
      shown.map((file) => join(root, "examples/workshop", lesson.folder, file)).sort(),
    );
  });

  test.each(lessons)("of lesson $number states the task before the exercise", async (lesson) => {
    const [, section = ""] = (await page(folder, lesson.folder)).split(exercise);
    const [task = ""] = section.split("<<<");
    const program = await readFile(join(root, "examples/workshop", lesson.folder, "exercise.mjs"), "utf8");
    const [call, ...names] = program.split("\n", 3).map((line) => line.replace(/^\/\/ /, ""));
    expect(task).toContain(`\`${call}\``);
    expect(task).toMatch(/^(1\. |\| `)/m);
    expect(names).toEqual([`Task: docs/workshop/${lesson.folder}.md`, `Enunciado: docs/es/taller/${lesson.folder}.md`]);
  });

  test("of the lesson on dealers says how many segments a body has", async () => {
    const [, task = ""] = (await page(folder, "12-dealer")).split(exercise);
    expect(task.replaceAll(/\s+/g, " ")).toContain(body);
  });

  test.each(["index", ...lessons.map((lesson) => lesson.folder)])("%s links to the glossary", async (name) => {
    expect(await page(folder, name)).toContain(`](${glossary}.md)`);
  });

  test("the glossary explains each term in a lesson that there is", async () => {
    const rows = await terms(folder, glossary);
    expect(rows.length).toBeGreaterThan(25);
    const files = lessons.map(({ number, folder: name }) => `[${number}](${name}.md)`);
    for (const [, , , lesson] of rows) expect(files).toContain(lesson);
  });
});

test("both glossaries have the same terms, of the same lessons", async () => {
  const inEnglish = (await terms("docs/workshop", "glossary")).map(([en, es, , lesson]) => ({ en, es, lesson }));
  const inSpanish = (await terms("docs/es/taller", "glosario")).map(([es, en, , lesson]) => ({ en, es, lesson }));
  expect(inSpanish).toHaveLength(inEnglish.length);
  expect(inSpanish).toEqual(expect.arrayContaining(inEnglish));
});

test("the menus lead to the glossaries", () => {
  expect(JSON.stringify(english.sidebar)).toContain('{"text":"Glossary","link":"/workshop/glossary"}');
  expect(JSON.stringify(spanish.sidebar)).toContain('{"text":"Glosario","link":"/es/taller/glosario"}');
});

/** The cells of a glossary's rows. */
async function terms(folder: string, name: string): Promise<string[][]> {
  const rows = (await page(folder, name)).split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split("|")
      .map((cell) => cell.trim()),
  );
}
