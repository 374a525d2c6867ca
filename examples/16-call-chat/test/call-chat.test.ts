import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("two members talk over one call each, and both calls end", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("[Grace] Ada: Hello, Grace\n");
  expect(stdout).toContain("[Ada] Grace: has gone\n");
  expect(stdout).toMatch(/\[Ada\] \(the end\)\nTwo calls carried all of it\n$/);
  expect(code).toBe(0);
});
