import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the subscriber gets its prices, typed, and is told of the wrong one", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("prices.EUR: 1.1 to 1.2 at 2026-01-01T00:00:00.000Z\n");
  expect(stdout).not.toContain("EURO");
  expect(stdout).toMatch(/Refused, while the loop went on: .*bid.*\n$/);
  expect(code).toBe(0);
});
