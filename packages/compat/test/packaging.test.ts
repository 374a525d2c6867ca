/** The packed packages in other projects: `import`, `require`, loaders, bundlers and types. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fixture, run } from "@awaitmq/testing";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");

describe("the packages", () => {
  test("are one for import and require, where Node can require ES modules", async () => {
    const { stdout, stderr } = await run(fixture("both-ways.cjs", import.meta.url));
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ message: "hi", same: [true, true], more: 2 });
  });

  test("can be required by a loader that can't require ES modules", async () => {
    const { stdout, stderr } = await run(fixture("both-ways.cjs", import.meta.url), {
      execArgv: ["--no-experimental-require-module"],
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ message: "hi", more: 2 });
  });

  test("can be bundled, with zeromq left outside", async () => {
    // Beside the package, where the program finds zeromq.
    const folder = await mkdtemp(fileURLToPath(fixture("bundled-", import.meta.url)));
    try {
      const outfile = join(folder, "program.cjs");
      const entryPoints = [fileURLToPath(fixture("check-js/old-program.cjs", import.meta.url))];
      await build({ entryPoints, outfile, bundle: true, platform: "node", external: ["zeromq"], logLevel: "error" });
      const { stdout, stderr } = await run(outfile);
      expect(stderr).toBe("");
      expect(stdout).toContain("Esto es un\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test.each([
  ["commonjs", "bundler", "old-program.cts"],
  ["node16", "node16", "old-program.cts"],
  ["nodenext", "nodenext", "old-program.cts"],
  ["nodenext", "nodenext", "new-program.mts"],
])("types compile with the library of ES2020, module %s, moduleResolution %s: %s", async (module, resolution, name) => {
  const kind = ["--module", module, "--moduleResolution", resolution, "--esModuleInterop"];
  const rest = ["--noEmit", "--strict", "--target", "es2020", "--lib", "es2020", "--types", "node", "--ignoreConfig"];
  const path = fileURLToPath(fixture(`types/${name}`, import.meta.url));
  await promisify(execFile)(process.execPath, [tsc, ...kind, ...rest, path], { timeout: 100_000 }).catch(
    ({ stdout, message }) => expect(`${message}${stdout}`).toBe(""),
  );
});
