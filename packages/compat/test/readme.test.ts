import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisedOutput, run, snippetsOf } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const compat = fileURLToPath(new URL("..", import.meta.url));
const snippets = await snippetsOf("README.md", join(compat, "README.md"));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "awaitmq-readme-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(compat, join(folder, "node_modules", "zmq"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a program of the README", () => {
  test("is there", () => {
    expect(snippets.length).toBeGreaterThan(1);
  });

  test.each(snippets)("runs: $heading", async ({ name, code }) => {
    const script = join(folder, `${name}.cjs`);
    await writeFile(script, code);
    const { code: exitCode, stdout, stderr } = await run(script, { cwd: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const line of promisedOutput(code)) expect(stdout.split("\n")).toContain(line);
    if (code.includes("Esto es"))
      expect(stdout.split("\n").slice(0, 5)).toEqual(["text", "|Hello |0", "one|two", "Esto es|un|mensaje", "end"]);
  });
});
