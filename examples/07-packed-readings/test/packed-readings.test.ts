import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("a million readings arrive in order", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^1,000,000 readings in order, [\d,]+ a second\n$/);
  expect(code).toBe(0);
});
