import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("every request is answered, most by the quick worker, though one was killed", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^quick +\d+$/m);
  expect(stdout).toMatch(/All 300 requests were answered\n$/);
  expect(code).toBe(0);
});
