import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("all kinds of calls are answered, and go on at the other server", async () => {
  const { code, stdout, stderr, elapsed } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toContain("A stranger is refused\n");
  expect(stdout).toContain("No more orders are taken\n100 of endless orders are filled");
  expect(stdout).toMatch(/The next watch is at the other server\n$/);
  expect(code).toBe(0);
  // The watch ended itself: its server did not wait for the 60 s of its grace.
  expect(elapsed).toBeLessThan(50_000);
});
