import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

const merged = mergeConfig(
  base,
  defineConfig({
    test: { maxWorkers: 1, testTimeout: 3_600_000, hookTimeout: 120_000, disableConsoleIntercept: true },
  }),
);

/** Tests that are small in the suite, by `sized`, and run in full here. */
const sized = [
  ...["fairness", "monitor", "scale", "worker", "writable"].map((name) => `packages/core/test/*/${name}.test.ts`),
  "packages/patterns/test/streams/{conversation,wire-model}.test.ts",
];

/** The long runs alone, one after another, with what they print shown at once. */
export default {
  ...merged,
  test: {
    ...merged.test,
    include: ["packages/*/test/**/*.soak.ts", "docs/test/*.soak.ts", ...sized],
    env: { AWAITMQ_SOAK: "1" },
  },
};
