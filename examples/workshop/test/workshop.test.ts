/** The workshop's checks: they take what is right, refuse what is nearly right, and say so in two languages. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finished, run } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Exercise, Wrong } from "../checking.mjs";
import { lessons } from "../lessons.mjs";

const workshop = fileURLToPath(new URL("..", import.meta.url));
const workshopFile = (...parts: string[]) => join(workshop, ...parts);

/** Solutions with one thing changed, each a mistake that people make; by lesson, what stood there and what stands there now. */
const mistakes: readonly (readonly [lesson: number, mistake: string, from: string | RegExp, to: string])[] = [
  [1, "another text", "hello from", "hello, from"],
  [1, "one of the URLs", "process.argv.slice(2)", "process.argv.slice(2, 3)"],
  [1, "a socket left open", "await push.close();", "await new Pull().receive();"],
  [2, "sends that nobody awaits", "await push.send(", "void push.send("],
  [2, "one message less", "n <= 1_000", "n < 1_000"],
  [3, "text that is parted at commas", "message.map(String)", 'String(message).split(",")'],
  [3, "another version taken", ' || version !== "1"', ""],
  [3, "sums of texts", "Number(args[0]) + Number(args[1])", "args[0] + args[1]"],
  [4, "one connection too few", "of there)", "of there.slice(1))"],
  [4, "an end too early", "count === 6", "count === 5"],
  [5, "the address in place of the endpoint", "await pull.bind(address)", "(await pull.bind(address), address)"],
  [5, "an end at the first refusal", /console.log\(`refused.*\);/, "break;"],
  [6, "frames that became text", "...others]", "...others.map(String)]"],
  [6, "one frame only", ", ...others]);", "]);"],
  [6, "an end at a first frame without bytes", " && others.length === 0", ""],
  [7, "no name", "{ routingId: name }", "{}"],
  [7, "a name after connecting", /new Dealer\(.*\);\n(.*)\n/, 'new Dealer();\n$1\ndealer.routingId = name ?? "";\n'],
  [7, "a prefix without its dot", ".`", "`"],
  [7, "everything, and filtered here", /subscribe\(.*\)/, 'subscribe("")'],
  [8, "one attempt", "attempt <= 3", "attempt <= 1"],
  [8, "no end of attempts", "attempt <= 3", "attempt <= 300"],
  [8, "an exit code of 0", "process.exitCode = 1;", "let failed = true; process.exitCode = 0;"],
  [9, "no delimiter", "[null, String(request)]", "[String(request)]"],
  [
    9,
    "a wait in between",
    "String(request)]);",
    "String(request)]), console.log(String((await dealer.receive())[1]));",
  ],
  [9, "the delimiter printed", "const [, body]", "const [body]"],
  [10, "one task", "if (task.length === 0) break;", "if (task.length === 0 || String(task) === '3') break;"],
  [10, "the square alone", "[task, String(", "[String("],
  [10, "no end", "if (task.length === 0) break;", "if (task.length === 0) continue;"],
  [11, "one subscriber", "{ count: 2 }", "{ count: 1 }"],
  [11, "nobody", 'await publisher.subscribed("n", { count: 2 });', ""],
  [11, "99 numbers", "n <= 100", "n < 100"],
  [12, "one envelope for all", "message.findIndex((frame) => frame.length === 0) + 1", "1"],
  [12, "the last empty frame as the border", "message.findIndex(", "message.findLastIndex("],
  [12, "the first answered first", "answers.unshift(", "answers.push("],
  [12, "no wait", "answers.length < 2", "answers.length < 1"],
  [13, "an address as text", "to ?? null, from,", "String(to), String(from),"],
  [13, "no word of the unknown", 'await router.send([from, "unknown", to ?? null]);', ""],
  [13, "the sender's own letter", "[to ?? null, from,", "[from, from,"],
];

let folder: string;

// Inside the package, so that its imports are found.
beforeAll(async () => {
  folder = await mkdtemp(workshopFile("tmp-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

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
    const { code, stderr, stdout } = await run(workshopFile(lesson, file), { timeout: 25_000 });
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

  test.each(mistakes.filter(([of]) => of === number))(
    "the check of lesson %i refuses %s",
    async (_, mistake, from, to) => {
      const solution = await readFile(workshopFile(lesson, "solution.mjs"), "utf8");
      const changed = solution.replace(from, to);
      expect(changed).not.toBe(solution);
      const file = join(folder, `${number}-${mistake.replaceAll(/\W/g, "-")}.mjs`);
      await writeFile(file, changed);
      expect(await tried(lesson, file)).toBeInstanceOf(Wrong);
    },
  );
});

describe("the command", () => {
  test("lists the lessons in both languages", async () => {
    const { stdout } = await command("list");
    expect(stdout.split("\n")[3]).toBe(" 4  Sockets: bind and connect");
    expect((await command("list", "--lang", "es")).stdout).toContain("12  Dealer y el sobre\n");
  });

  test("runs the programs of a lesson", async () => {
    const { code, stdout } = await command("run", "6", "modern");
    expect(stdout).toContain("06-send-and-receive/modern.mjs");
    expect(stdout).not.toContain("classic");
    expect(code).toBe(0);
  });

  test.each(
    ["", "check", "check 14", "check 0", "check all one.mjs", "run 1 old", "--lang fr list", "--what"].map((line) => ({
      line,
    })),
  )('says how it is used for "$line"', async ({ line }) => {
    const { code, stdout, stderr } = await command(...line.split(" ").filter((word) => word !== ""));
    expect(stdout).toBe("");
    expect(stderr).toContain("pnpm workshop check <lesson> [file]");
    expect(code).toBe(2);
  });

  test("tells right from wrong, in both languages", async () => {
    const right = await check(3, workshopFile("03-messages", "solution.mjs"));
    expect(right).toMatchObject({ code: 0, stderr: "", stdout: "3. Messages and frames: right\n" });
    const wrong = await command("check", "3", "--lang", "es");
    expect(wrong.stdout).toMatch(/^3\. Mensajes y segmentos: aún no\n {3}Para \["calculator"/);
    expect(wrong.stdout).toMatch(/El ejercicio está en .*03-messages.exercise\.mjs\n$/);
    expect(wrong).toMatchObject({ code: 1, stderr: "" });
  });

  test("shows what a program wrote that fails", async () => {
    const file = join(folder, "fails.mjs");
    await writeFile(file, 'console.log("so far");\nthrow new Error("and no further");\n');
    const { code, stdout } = await check(1, file);
    expect(stdout).toMatch(/not yet\n.*\n {3}It wrote:\n {3}\| so far\n(.*\n)*.*Error: and no further/);
    expect(code).toBe(1);
  });

  test("says that a file is not there", async () => {
    const { code, stderr } = await check(1, join(folder, "none.mjs"));
    expect(stderr).toMatch(/^There is no file .*none\.mjs\n$/);
    expect(code).toBe(2);
  });
});

function command(...args: string[]): Promise<Finished> {
  return run(workshopFile("workshop.mjs"), { args, env: { LC_ALL: "C" }, timeout: 25_000 });
}

function check(number: number, file?: string): Promise<Finished> {
  return command("check", String(number), ...(file === undefined ? [] : [file]));
}

/** What the check of a lesson finds wrong with a program. */
async function tried(lesson: string, file: string): Promise<Wrong | undefined> {
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
