import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the server answers what runs, refuses what comes late, and ends", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("The server ends: 5 answered, 1 refused\n");
  expect(stdout).toMatch(/The process ended by itself, with 0\n$/);
  expect(code).toBe(0);
});
