/** Where a bench writes its results. */

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fileFor } from "../../src/output/results.ts";

test("results go by default to the package's folder of results, under the time that they began", () => {
  const folder = fileURLToPath(new URL("../../results/", import.meta.url));
  expect(fileFor("2026-01-02T03:04:05.678Z")).toBe(`${folder}2026-01-02T03-04-05.678Z.json`);
});
