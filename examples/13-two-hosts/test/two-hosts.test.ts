import { spawnSync } from "node:child_process";
import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";

test("calls end by their deadline while the cable is cut, and are answered again; or it says why it is skipped", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  if (permitted())
    expect(stdout).toMatch(
      /^Over the cable: answered.*\nThe cable is cut: failed: ERR_TIMEOUT\nIt is whole again: answered.*\n$/,
    );
  else expect(stdout).toMatch(/^Skipped: network namespaces can't be made here \(.+\)\n$/);
  expect(code).toBe(0);
});

/** Whether this system permits network namespaces: creates one to find out. */
function permitted(): boolean {
  const name = `amq${process.pid}t`;
  const made = spawnSync("ip", ["netns", "add", name]).status === 0;
  spawnSync("ip", ["netns", "delete", name]);
  return made;
}
