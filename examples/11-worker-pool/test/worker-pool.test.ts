import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("every task is done, though a thread crashed", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^40 tasks on \d+ threads, 1 of which crashed/);
  expect(code).toBe(0);
});
