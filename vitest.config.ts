import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { closingLine } from "./.ci/closing-line.ts";

const packages = `${import.meta.dirname}/packages`;

/** Begins with the tests of the pages, which take longest: at the end two workers would wait for them. */
class PagesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isOfPages = ({ moduleId }: TestSpecification) => moduleId.includes("/docs/test/");
    const sorted = await super.sort(files);
    return [...sorted.filter(isOfPages), ...sorted.filter((file) => !isOfPages(file))];
  }
}

export default defineConfig({
  resolve: {
    // Packages are their TypeScript sources here, so that a test sees an edit without a build. The source condition would do the
    // same, but vitest hands conditions on to Node itself, and so to worker threads, which cannot run TypeScript.
    alias: [
      { find: /^@awaitmq\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@awaitmq\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  // Node 20 and 22 have no `using`.
  oxc: { target: "es2022" },
  test: {
    include: ["{packages,examples}/*/test/**/*.test.ts", "docs/test/**/*.test.ts"],
    globalSetup: "vitest.build.ts",
    pool: "forks",
    sequence: { sequencer: PagesFirst },
    // One more than the cores that it is made for: tests wait much of their time.
    maxWorkers: 3,
    // Tests that run side by side in a file wait most of the time.
    maxConcurrency: 8,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env.CI === undefined ? ["default"] : ["default", closingLine],
  },
});
