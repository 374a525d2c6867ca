import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the client reads lines as they are written, leaves, and the file is closed", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("app.log: error: disk full\n");
  expect(stdout).not.toContain("retried");
  expect(stdout).toMatch(/The client has left, and the server has closed the file\n$/);
  expect(code).toBe(0);
});
