import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("the workers share the ranges, and the count is right", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^█{10}░{30} 25 %$/m);
  expect(stdout).toMatch(/^█{40} 100 %$/m);
  expect(stdout.match(/^worker \d did \d+ ranges$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/78,498 primes below 1,000,000\n$/);
  expect(code).toBe(0);
});
