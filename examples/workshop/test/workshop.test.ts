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

/**
 * Solutions with one thing changed, each a mistake that people make; what stood there, what stands
 * there now, and what the check says to it.
 */
const mistakes: readonly {
  readonly of: number;
  readonly mistake: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly hint: RegExp;
}[] = [
  { of: 1, mistake: "another text", from: "hello from", to: "hello, from", hint: /instead of "hello from/ },
  { of: 1, mistake: "two of the URLs", from: "slice(2)", to: "slice(2, 4)", hint: /^Nothing came/ },
  {
    of: 1,
    mistake: "two messages",
    from: "await push.close",
    to: 'await push.send("hello again");\n  await push.close',
    hint: /^More than one/,
  },
  {
    of: 1,
    mistake: "one socket for all",
    from: /for .*$/s,
    to: "const push = new Push();\nfor (const url of process.argv.slice(2)) push.connect(url);\nfor (let n = 0; n < 3; n++) await push.send('hello from ' + process.pid);\nawait push.close();\n",
    hint: /^(Nothing came|More than one)/,
  },
  {
    of: 1,
    mistake: "a wait that never ends",
    from: "await push.close();",
    to: "await push.ready({ peers: 7 });",
    hint: /^(Nothing came|The program did all)/,
  },
  {
    of: 2,
    mistake: "sends that nobody awaits",
    from: "await push.send(",
    to: "void push.send(",
    hint: /^1000 messages were made/,
  },
  { of: 2, mistake: "one message less", from: "n <= 1_000", to: "n < 1_000", hint: /^Message 1000 of 1 000/ },
  { of: 2, mistake: "ten messages more", from: "n <= 1_000", to: "n <= 1_010", hint: /^More than 1 000/ },
  { of: 2, mistake: "small messages", from: "alloc(100_000)", to: "alloc(99_999)", hint: /99999 bytes/ },
  {
    of: 3,
    mistake: "text that is parted at commas",
    from: "message.map(String)",
    to: 'String(message).split(",")',
    hint: /^For \["calculator","1","join"/,
  },
  { of: 3, mistake: "another version taken", from: ' || version !== "1"', to: "", hint: /instead of "5"/ },
  {
    of: 3,
    mistake: "sums of texts",
    from: "Number(args[0]) + Number(args[1])",
    to: "args[0] + args[1]",
    hint: /"23" instead of "5"/,
  },
  {
    of: 3,
    mistake: "an end for another",
    from: /( {2}if \(name[^\n]*\n)( {2}if [^\n]*\n)/,
    to: "$2$1",
    hint: /^The program (printed|is not connected)/,
  },
  { of: 4, mistake: "one connection too few", from: "of there)", to: "of there.slice(1))", hint: /is not connected/ },
  {
    of: 4,
    mistake: "an end too early",
    from: "count === 6",
    to: "count === 5",
    hint: /is not connected|no further line/,
  },
  {
    of: 5,
    mistake: "the address in place of the endpoint",
    from: "await pull.bind(address)",
    to: "(await pull.bind(address), address)",
    hint: /does not tell the port/,
  },
  {
    of: 5,
    mistake: "an end at the first refusal",
    from: /console.log\(`refused.*\);/,
    to: "break;",
    hint: /^The program printed nothing/,
  },
  {
    of: 6,
    mistake: "frames that became text",
    from: "...others]);",
    to: "...others.map(String)]);",
    hint: /^For \["bytes"/,
  },
  { of: 6, mistake: "one frame only", from: ", ...others]);", to: "]);", hint: /^For \["several"/ },
  {
    of: 6,
    mistake: "an end at a first frame without bytes",
    from: " && others.length === 0",
    to: "",
    hint: /takes no more messages|^Nothing came/,
  },
  { of: 7, mistake: "no name", from: "{ routingId: name }", to: "{}", hint: /identity of 5 bytes/ },
  {
    of: 7,
    mistake: "a name after connecting",
    from: /new Dealer\(.*\);\n(.*)\n/,
    to: 'new Dealer();\n$1\ndealer.routingId = name ?? "";\n',
    hint: /identity of 5 bytes/,
  },
  { of: 7, mistake: "a prefix without its dot", from: ".`", to: "`", hint: /subscribed to "ana"/ },
  {
    of: 7,
    mistake: "everything, and filtered here",
    from: /subscribe\(.*\)/,
    to: 'subscribe("")',
    hint: /subscribed to ""/,
  },
  { of: 8, mistake: "one attempt", from: "attempt <= 3", to: "attempt <= 1", hint: /was not asked again/ },
  { of: 8, mistake: "two attempts", from: "attempt <= 3", to: "attempt <= 2", hint: /number 3 did not come/ },
  {
    of: 8,
    mistake: "no end of attempts",
    from: "attempt <= 3",
    to: "attempt <= 300",
    hint: /printed (nothing|no further line)/,
  },
  { of: 8, mistake: "no patience", from: /timeout: 500/g, to: "timeout: 200", hint: /and not 500/ },
  {
    of: 8,
    mistake: "an exit code of 0",
    from: /\nif \(process.exitCode === 1\).*/,
    to: '\nif (process.exitCode === 1) console.log("no answer");\nprocess.exitCode = 0;',
    hint: /ended with 0 instead of 1/,
  },
  {
    of: 9,
    mistake: "no delimiter",
    from: "[null, String(request)]",
    to: "[String(request)]",
    hint: /expect in front of a request/,
  },
  {
    of: 9,
    mistake: "a wait in between",
    from: /for \(let request.*?await dealer.close/s,
    to: "for (let request = 1; request <= Number(n); request++) {\n  await dealer.send([null, String(request)]);\n  console.log(String((await dealer.receive())[1]));\n}\nawait dealer.close",
    hint: /before the first was answered/,
  },
  { of: 9, mistake: "the delimiter printed", from: "const [, body]", to: "const [body]", hint: /It printed ""/ },
  {
    of: 10,
    mistake: "one task",
    from: "if (task.length === 0) break;",
    to: "if (task.length === 0 || String(task) === '3') break;",
    hint: /of 300 results came/,
  },
  { of: 10, mistake: "the square alone", from: "[task, String(", to: "[String(", hint: /where two were expected/ },
  {
    of: 10,
    mistake: "no end",
    from: "if (task.length === 0) break;",
    to: "if (task.length === 0) continue;",
    hint: /does not end/,
  },
  { of: 11, mistake: "one subscriber", from: "{ count: 2 }", to: "{ count: 1 }", hint: /while only one subscriber/ },
  {
    of: 11,
    mistake: "nobody",
    from: 'await publisher.subscribed("n", { count: 2 });',
    to: "",
    hint: /^Nobody is on|while only one subscriber/, // as the first subscriber comes before it ends, or after
  },
  {
    of: 11,
    mistake: "a second of sleep",
    from: 'await publisher.subscribed("n", { count: 2 });',
    to: "await new Promise((resolve) => setTimeout(resolve, 1_000));",
    hint: /while only one subscriber|^Nobody is on/,
  },
  { of: 11, mistake: "99 numbers", from: "n <= 100", to: "n < 100", hint: /"n \| end" where "n \| 100"/ },
  {
    of: 12,
    mistake: "one envelope for all",
    from: "message.findIndex((frame) => frame.length === 0) + 1",
    to: "1",
    hint: /came where the answer/,
  },
  {
    of: 12,
    mistake: "the last empty frame as the border",
    from: "message.findIndex(",
    to: "message.findLastIndex(",
    hint: /came where the answer/,
  },
  {
    of: 12,
    mistake: "the first answered first",
    from: "answers.unshift(",
    to: "answers.push(",
    hint: /came where the answer/,
  },
  {
    of: 12,
    mistake: "no wait",
    from: "answers.length < 2",
    to: "answers.length < 1",
    hint: /before the second was there/,
  },
  {
    of: 13,
    mistake: "an address as text",
    from: "to ?? null, from,",
    to: "String(to), String(from),",
    hint: /Is an identity text/,
  },
  {
    of: 13,
    mistake: "no word of the unknown",
    from: 'await router.send([from, "unknown", to ?? null]);',
    to: "",
    hint: /^A letter to luis did not arrive/,
  },
  {
    of: 13,
    mistake: "the sender's own letter",
    from: "[to ?? null, from,",
    to: "[from, from,",
    hint: /^luis got|^A letter to luis/,
  },
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
    const file = join(folder, `${number}-${wrong.mistake.replaceAll(/\W/g, "-")}.mjs`);
    await writeFile(file, changed);
    expect((await tried(lesson, file))?.hint.en).toMatch(wrong.hint);
  });
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
  return run(workshopFile("workshop.mjs"), { args, env: { LC_ALL: "C" } });
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
