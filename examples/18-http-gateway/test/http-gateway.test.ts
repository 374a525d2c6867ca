import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the gateway passes on values, failures, deadlines, disconnects, streams and health", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("The handler gave up when its browser left\n");
  expect(stdout).toContain("The list was never far ahead of its reader, and ended when it left\n");
  expect(stdout).toMatch(/Without the service, the gateway answers 503 at once\n$/);
  expect(code).toBe(0);
});
