/** The comparison of the page on services: how many lines its first program has. */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { snippetsOf } from "@awaitmq/testing";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = join(root, "docs/patterns/services.md");
const [program] = await snippetsOf("services.md", page);
const code = program?.code ?? "";
const lines = code.split("\n").filter((line) => line.trim() !== "");

test("two methods, a coded error, a client and a graceful end take at most 25 lines", () => {
  for (const part of [/^ {2}sum: \{/m, /^ {2}root: \{/m, /\bfail\("/, /\bremote\(/, /^await server\.stop\(\);$/m])
    expect(code).toMatch(part);
  expect(lines.length).toBeLessThanOrEqual(25);
});

test("the page says how many lines the program has", async () => {
  const [, all, least] = /^\| awaitmq +\| +(\d+) \| +(\d+) \|$/m.exec(await readFile(page, "utf8")) ?? [];
  expect([Number(all), Number(least)]).toEqual([lines.length, lines.length]);
});

test("the program is as Biome formats it at 80 columns", async () => {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const options = ["--line-width=80", "--indent-style=space", "--stdin-file-path=program.ts"];
  const formatting = promisify(execFile)(process.execPath, [biome, "format", ...options], { cwd: root });
  formatting.child.stdin?.end(code);
  expect((await formatting).stdout).toBe(code);
});
