import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the client gets values, failures and a stream, and the service ends in order", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("There are 10 pens\n");
  expect(stdout).toContain("Missing: book, 2 left; boat, 0 left\n");
  expect(stdout).toContain("The server ends: 3 calls served, 2 failed\n");
  expect(stdout).toMatch(/The server's process ended by itself, with 0\n$/);
  expect(code).toBe(0);
});
