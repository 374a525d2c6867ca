/** The command `workshop`: what it lists, runs, checks and says. */

import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { check, command, ownFile, workshopFile } from "./trying.ts";

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
    const file = ownFile("fails.mjs");
    await writeFile(file, 'console.log("so far");\nthrow new Error("and no further");\n');
    const { code, stdout } = await check(1, file);
    expect(stdout).toMatch(/not yet\n.*\n {3}It wrote:\n {3}\| so far\n(.*\n)*.*Error: and no further/);
    expect(code).toBe(1);
  });

  test("says that a file is not there", async () => {
    const { code, stderr } = await check(1, ownFile("none.mjs"));
    expect(stderr).toMatch(/^There is no file .*none\.mjs\n$/);
    expect(code).toBe(2);
  });
});
