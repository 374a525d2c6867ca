/** Thousands of sockets in one process. */

import { execFileSync } from "node:child_process";
import { fixture, run, sized } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";

/** Descriptors that a process may have: Node raises its own limit to this one by itself. */
const limit = Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).replace("unlimited", "Infinity"));

describe.skipIf(process.platform !== "linux")("4 000 sockets in one process", () => {
  test.for([
    // A socket has one descriptor; over TCP a pair has two connections' ends and a listener besides, and closing takes some.
    ["tcp", 20_000],
    ["inproc", 5_000],
  ] as const)("pass their messages and close, over %s", async ([transport, needed], { skip }) => {
    skip(limit < needed, `ulimit -n allows ${limit} of the ${needed} descriptors wanted`);
    const { code, stderr, stdout } = await run(fixture("many-sockets.mjs", import.meta.url), {
      args: [transport],
      timeout: 100_000,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [opened, closed] = stdout.split("\n", 2).map((line) => JSON.parse(line));
    expect(opened.passed).toBe(2_000);
    expect(opened.most).toBeGreaterThan(4_000);
    expect(closed.left).toBeLessThanOrEqual(8);
  });
});

const churned = sized({ test: 3_000, soak: 10_000 });

describe.skipIf(process.platform !== "linux")(`${churned} sockets opened and closed one after another`, () => {
  test("leave no descriptor, no thread and no memory behind", async () => {
    const { code, stderr, stdout } = await run(fixture("churn.mjs", import.meta.url), {
      execArgv: ["--expose-gc"],
      args: [String(churned)],
      timeout: 100_000,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { before, after, received } = JSON.parse(stdout);
    expect(received).toBe(churned / 5);
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.threads).toBe(before.threads);
    expect(after.resources).toEqual(before.resources);
    expect(after.heap - before.heap).toBeLessThan(5);
    // An allocator's growth comes to an end; a native socket that stays has some 20 KB, and 3 000 of them 60 MB.
    expect(after.memory - before.memory).toBeLessThan(25);
  });
});
