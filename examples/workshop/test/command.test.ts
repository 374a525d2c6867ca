/** The command `workshop`: what it lists, runs, checks and says. */

import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { check, command, commandIn, ownFile, workshopFile } from "./trying.ts";

describe("the command", () => {
  test("lists the lessons in both languages", async () => {
    const { stdout } = await command("list");
    expect(stdout.split("\n")[3]).toBe(" 4  Sockets: bind and connect");
    expect((await command("list", "--lang", "es")).stdout).toContain(
      "12  Dealer y el sobre\n",
    );
  });

  test("runs the programs of a lesson", async () => {
    const { code, stdout } = await command("run", "6", "modern");
    expect(stdout).toContain("06-send-and-receive/modern.mjs");
    expect(stdout).not.toContain("classic");
    expect(code).toBe(0);
  });

  test.each(
    Object.entries({
      "": "Say what to do: list, run or check.",
      constructor:
        'There is no command "constructor". The commands are list, run and check.',
      check: "Which lesson? Add its number, or all.",
      "check 16":
        'There is no lesson "16". The lessons are 1 to 15; "all" means all of them.',
      "check 0": 'There is no lesson "0".',
      "run three": 'There is no lesson "three".',
      "check all one.mjs":
        "A file is the exercise of one lesson. Give the number of that lesson.",
      "check 3 one.mjs two.mjs": 'There is one argument too many: "two.mjs".',
      "list 3": 'There is one argument too many: "3".',
      "run 1 old":
        'There is no program "old". The programs are classic and modern.',
      "list --lang fr":
        'There is no language "fr". The languages are en and es.',
      "list --lang": "The option --lang is unknown or lacks its value.",
      "--what": "The option --what is unknown or lacks its value.",
    }).map(([line, reason]) => ({ line, reason })),
  )(
    'says why it refuses "$line", and how it is used',
    async ({ line, reason }) => {
      const { code, stdout, stderr } = await command(
        ...line.split(" ").filter((word) => word !== ""),
      );
      expect(stdout).toBe("");
      expect(stderr).toContain(reason);
      expect(stderr).toContain("pnpm workshop check <lesson> [file]");
      expect(code).toBe(2);
    },
  );

  test.each([
    {
      what: "the option",
      env: { LC_ALL: "C" },
      args: ["check", "16", "--lang", "es"],
      says: /^No existe la lección "16"/,
    },
    {
      what: "LANG",
      env: { LC_ALL: "", LC_MESSAGES: "", LANG: "es_ES.UTF-8" },
      args: ["run"],
      says: /^¿Qué lección\?/,
    },
    {
      what: "LC_ALL",
      env: { LC_ALL: "es_MX", LANG: "en_GB" },
      args: [],
      says: /^Di qué hay que hacer/,
    },
    {
      what: "a Spanish command",
      env: { LC_ALL: "C" },
      args: ["comprobar"],
      says: /^¿Qué lección\?/,
    },
    {
      what: "the option before the command",
      env: { LC_ALL: "es_ES" },
      args: ["lista", "1", "--lang", "en"],
      says: /^There is one/,
    },
  ])("speaks the language of $what", async ({ env, args, says }) => {
    const { code, stderr } = await commandIn(env, ...args);
    expect(stderr).toMatch(says);
    expect(code).toBe(2);
  });

  test.each([
    { args: ["--help"], shows: "pnpm workshop check <lesson> [file]" },
    { args: ["help"], shows: "pnpm workshop check <lesson> [file]" },
    {
      args: ["run", "99", "-h", "--lang", "es"],
      shows: "pnpm workshop comprobar <lección> [fichero]",
    },
    {
      args: ["--help", "--lang", "es"],
      shows: "pnpm workshop comprobar <lección> [fichero]",
    },
    { args: ["ayuda"], shows: "pnpm workshop comprobar <lección> [fichero]" },
  ])("shows how it is used for $args", async ({ args, shows }) => {
    const { code, stdout, stderr } = await command(...args);
    expect(stdout).toContain(shows);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test.each([
    { args: ["ejecutar", "6", "clásico"], runs: "classic.es.cjs" },
    { args: ["ejecutar", "06", "cla\u0301sico"], runs: "classic.es.cjs" }, // the accent as a sign of its own, as macOS has it
    { args: ["run", "6", "Clasico"], runs: "classic.cjs" },
    { args: ["run", "6", "classic"], runs: "classic.cjs" },
    { args: ["ejecutar", "6", "moderno"], runs: "modern.es.mjs" },
    { args: ["run", "6", "modern"], runs: "modern.mjs" },
  ])("runs one program for $args", async ({ args, runs }) => {
    const { code, stdout } = await command(...args);
    expect(stdout.match(/^\d\d-.*$/gm)).toEqual([
      `06-send-and-receive/${runs}`,
    ]);
    expect(code).toBe(0);
  });

  test("lists and checks in Spanish by Spanish words", async () => {
    expect((await command("lista")).stdout).toContain(
      "12  Dealer y el sobre\n",
    );
    const { code, stdout } = await command(
      "comprobar",
      "3",
      workshopFile("03-messages", "solution.mjs"),
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "3. Mensajes y segmentos: bien\n",
    });
  });

  test("tells right from wrong, in both languages", async () => {
    const right = await check(3, workshopFile("03-messages", "solution.mjs"));
    expect(right).toMatchObject({
      code: 0,
      stderr: "",
      stdout: "3. Messages and frames: right\n",
    });
    const wrong = await command("check", "3", "--lang", "es");
    expect(wrong.stdout).toMatch(
      /^3\. Mensajes y segmentos: aún no\n {3}Para \["calculator"/,
    );
    expect(wrong.stdout).toMatch(
      /El ejercicio está en .*03-messages.exercise\.mjs\n$/,
    );
    expect(wrong).toMatchObject({ code: 1, stderr: "" });
  });

  test("shows what a program wrote that fails", async () => {
    const file = ownFile("fails.mjs");
    await writeFile(
      file,
      'console.log("so far");\nthrow new Error("and no further");\n',
    );
    const { code, stdout } = await check(1, file);
    expect(stdout).toContain(
      "not yet\n   The program crashed: Error: and no further.\n",
    );
    expect(stdout).toMatch(
      /not yet\n.*\n {3}It wrote:\n {3}\| so far\n(.*\n)*.*Error: and no further/,
    );
    expect(code).toBe(1);
  });

  test("says that a program crashed that did all it should before", async () => {
    const file = ownFile("crashes-late.mjs");
    const solution = await readFile(
      workshopFile("03-messages", "solution.mjs"),
      "utf8",
    );
    await writeFile(file, `${solution}\nnull.push;\n`);
    const { code, stdout } = await command("check", "3", file, "--lang", "es");
    expect(stdout).toContain(
      "aún no\n   El programa ha fallado: TypeError: Cannot read properties of null",
    );
    expect(code).toBe(1);
  });

  test("says that a program crashed by a signal", async () => {
    const file = ownFile("killed.mjs");
    await writeFile(file, 'process.kill(process.pid, "SIGABRT");\n');
    expect((await check(1, file)).stdout).toContain(
      "not yet\n   The program crashed: SIGABRT.\n",
    );
  });

  test("says that a file is not there", async () => {
    const { code, stderr } = await check(1, ownFile("none.mjs"));
    expect(stderr).toMatch(/^There is no file .*none\.mjs\n$/);
    expect(code).toBe(2);
  });
});
