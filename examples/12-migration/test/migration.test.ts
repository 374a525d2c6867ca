import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("old and new programs get on with each other, all four ways", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout.match(/gets its prices from/g)).toHaveLength(4);
  expect(code).toBe(0);
});
