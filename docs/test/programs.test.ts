/**
 * Every block of JavaScript and TypeScript in the pages, READMEs and doc comments: it is type-checked, and it is a program that runs
 * as it stands, with the packages as they are published.
 */

import { execFile } from "node:child_process";
import { access, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { promisedOutput, SnippetFolder, snippetsOf } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What pages show the packages with. */
const fellows = ["effect", "effection", "express", "fastify", "zod"];
const readmes = ["README.md", ...["core", "patterns", "rpc", "compat"].map((name) => `packages/${name}/README.md`)];
const pages = (await readdir(join(root, "docs"), { recursive: true }))
  .filter((file) => file.endsWith(".md") && !/^api|node_modules/.test(file))
  .map((file) => join("docs", file));
const sources = (
  await Promise.all(
    ["core", "patterns", "rpc", "compat"].map(async (name) => {
      const folder = join("packages", name, "src");
      const files = await readdir(join(root, folder), { recursive: true });
      return files.filter((file) => file.endsWith(".ts")).map((file) => join(folder, file));
    }),
  )
).flat();
const snippets = (
  await Promise.all([...readmes, ...pages, ...sources].map((file) => snippetsOf(file, join(root, file))))
).flat();
const programs = snippets.filter(({ runs }) => runs);

let folder: SnippetFolder;
/** What the compiler says of the blocks of each language. */
const reports = new Map<string, string>();

beforeAll(async () => {
  const of = (name: string) => join(root, "packages", name);
  const dependency = (name: string, user: string) => join(of(user), "node_modules", name);
  folder = await SnippetFolder.make({
    "@standard-schema/spec": dependency("@standard-schema/spec", "patterns"),
    "@types": join(root, "node_modules/@types"),
    "abort-controller-x": dependency("abort-controller-x", "patterns"),
    msgpackr: dependency("msgpackr", "rpc"),
    "p-queue": dependency("p-queue", "patterns"),
    ...Object.fromEntries(fellows.map((name) => [name, join(root, "docs/node_modules", name)])),
    vitest: join(root, "node_modules/vitest"),
    zeromq: dependency("zeromq", "core"),
  });
  await folder.installPacked("@awaitmq/core", of("core"));
  await folder.installPacked("@awaitmq/patterns", of("patterns"));
  await folder.installPacked("@awaitmq/rpc", of("rpc"));
  await folder.installPacked("@awaitmq/compat", of("compat"));
  await folder.installPacked("zmq", of("compat"));
  for (const language of ["js", "cjs", "ts"]) {
    const blocks = snippets.filter((snippet) => snippet.language === language);
    const files = await Promise.all(blocks.map((block) => folder.write(block)));
    reports.set(language, await compile(files, language));
  }
}, 240_000);

afterAll(() => folder[Symbol.asyncDispose]());

test("there are pages, and every README has a program", () => {
  expect(pages.length).toBeGreaterThan(40);
  for (const file of readmes) expect(programs.filter((program) => program.file === file)).not.toEqual([]);
});

test("blocks that are not run are few", () => {
  expect(snippets.length - programs.length).toBeLessThan(10);
});

test.each(["js", "cjs", "ts"])("those of %s type-check", (language) => {
  expect(reports.get(language)).toBe("");
});

describe.concurrent("a program", () => {
  test.each(programs)("of $file runs: $heading ($name)", async (program) => {
    const { code, stdout, stderr } = await folder.run(program);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of promisedOutput(program.code)) expect(stdout.split("\n")).toContain(line);
  });
});

test("links of a README that name a file of the repository are right", async () => {
  for (const file of [
    ...readmes,
    "examples/README.md",
    "examples/workshop/README.md",
    "examples/17-typed-service/README.md",
    "examples/18-http-gateway/README.md",
    "examples/19-price-service/README.md",
    "CONTRIBUTING.md",
    "docs/README.md",
  ]) {
    const text = await readFile(join(root, file), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      const path = join(root, file, "..", target);
      await expect(access(path), `${file} links to ${relative(root, path)}`).resolves.toBeUndefined();
    }
  }
});

/** Checks JavaScript, and makes JavaScript of TypeScript, beside it. Returns what is wrong. */
async function compile(files: readonly string[], language: string): Promise<string> {
  const common = "--target es2022 --module nodenext --lib es2022,esnext.disposable --types node --skipLibCheck";
  // Programs in JavaScript have no types of their own, so what is left open by that is no mistake.
  const options = `${common} ${language === "ts" ? "--strict" : "--noEmit --allowJs --checkJs --strict false"}`;
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const compiling = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), ...files], { cwd: folder.path });
  return compiling.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}
