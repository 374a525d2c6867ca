import { spawnSync } from "node:child_process";
import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("calls end by their deadline while the cable is cut, and are answered again; or it says why it is skipped", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url), { timeout: 28_000 });
  expect(stderr).toBe("");
  if (permitted())
    expect(stdout).toMatch(
      /^Over the cable: answered.*\nThe cable is cut: failed: ERR_TIMEOUT\nIt is whole again: answered.*\n$/,
    );
  else expect(stdout).toMatch(/^Skipped: network namespaces can't be made here \(.+\)\n$/);
  expect(code).toBe(0);
});

/** Asked in another way than the example does. */
function permitted(): boolean {
  return spawnSync("unshare", ["--net", "true"]).status === 0 && spawnSync("ip", ["netns", "list"]).status === 0;
}
