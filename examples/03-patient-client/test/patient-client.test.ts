import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("calls end in time, can be given up, and go to another server", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(
    /^Deadline: .*\nAbort: .*\nRetry: a server was killed with a call in its hands, and the other answered it\n$/,
  );
  expect(code).toBe(0);
});
