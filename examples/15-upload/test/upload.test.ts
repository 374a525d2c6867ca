import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the bar fills with what the server has taken, and the file arrives unchanged", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain(`${"█".repeat(10)}${"░".repeat(30)} 25 %\n`);
  expect(stdout).toContain(`${"█".repeat(40)} 100 %\n`);
  expect(stdout).toMatch(/16,777,216 bytes have arrived unchanged\n$/);
  expect(code).toBe(0);
});
