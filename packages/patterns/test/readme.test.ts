/** The programs of the READMEs of the repository, of core and of this package, which knows core. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { promisedOutput, SnippetFolder, snippetsOf } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const files = ["README.md", "packages/core/README.md", "packages/patterns/README.md"];
const snippets = (await Promise.all(files.map((file) => snippetsOf(file, join(root, file))))).flat();

let folder: SnippetFolder;

beforeAll(async () => {
  folder = await SnippetFolder.make({
    "@awaitmq/core": join(root, "packages/core"),
    "@awaitmq/patterns": join(root, "packages/patterns"),
    "@types": join(root, "node_modules/@types"),
  });
});

afterAll(() => folder[Symbol.asyncDispose]());

test.each(files)("%s has a program that runs as it stands", (file) => {
  expect(snippets.filter((snippet) => snippet.file === file && snippet.language === "js")).not.toEqual([]);
});

describe("a program", () => {
  test.each(snippets.filter(({ language }) => language === "js"))("of $file runs: $heading", async (snippet) => {
    const { code, stdout, stderr } = await folder.run(snippet);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of promisedOutput(snippet.code)) expect(stdout.split("\n")).toContain(line);
  });

  test("in TypeScript compiles", async () => {
    const programs = snippets.filter(({ language }) => language === "ts");
    expect(programs).not.toEqual([]);
    const written = await Promise.all(programs.map((program) => folder.write(program, "ts")));
    const options = "--noEmit --strict --target es2022 --module nodenext --lib es2022,esnext.disposable --types node";
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const compiled = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), ...written], {
      cwd: folder.path,
    });
    await expect(compiled).resolves.toMatchObject({ stdout: "" });
  });
});
