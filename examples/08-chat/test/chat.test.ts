import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("three talk, one leaves, one is killed, and the last is told", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("[Grace] Ada: Hello, all\n");
  expect(stdout).toContain("[Ada] room: Tony has gone\n");
  expect(stdout).toMatch(/All have gone home\n$/);
  expect(code).toBe(0);
});
