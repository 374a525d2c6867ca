import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { promisedOutput, run, snippetsOf } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const core = fileURLToPath(new URL("..", import.meta.url));
const root = join(core, "..", "..");
const snippets = [
  ...(await snippetsOf("README.md", join(root, "README.md"))),
  ...(await snippetsOf("packages/core/README.md", join(core, "README.md"))),
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "awaitmq-readme-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await mkdir(join(folder, "node_modules", "@awaitmq"), { recursive: true });
  await symlink(core, join(folder, "node_modules", "@awaitmq", "core"));
  await symlink(join(root, "node_modules", "@types"), join(folder, "node_modules", "@types"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["README.md", "packages/core/README.md"])("%s", (file) => {
  test("has a program that runs as it stands", () => {
    expect(snippets.filter((snippet) => snippet.file === file && snippet.language === "js")).not.toEqual([]);
  });
});

describe("a program", () => {
  test.each(snippets.filter(({ language }) => language === "js"))("of $file runs: $heading", async ({ name, code }) => {
    const script = join(folder, `${name}.mjs`);
    await writeFile(script, code);
    const finished = await run(script, { cwd: folder, timeout: 25_000 });
    expect(finished.stderr).toBe("");
    expect(finished.code).toBe(0);
    for (const line of promisedOutput(code)) expect(finished.stdout.split("\n")).toContain(line);
  });

  test("in TypeScript compiles", async () => {
    const programs = snippets.filter(({ language }) => language === "ts");
    const files = programs.map(({ name }) => join(folder, `${name}.ts`));
    await Promise.all(programs.map(({ code }, index) => writeFile(files[index]!, code)));
    const options = "--noEmit --strict --target es2022 --module nodenext --lib es2022,esnext.disposable --types node";
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const compiled = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), ...files], { cwd: folder });
    await expect(compiled).resolves.toMatchObject({ stdout: "" });
  });
});
