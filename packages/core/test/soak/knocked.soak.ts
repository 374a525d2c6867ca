import { fixture, run } from "@awaitmq/testing";
import { expect, test } from "vitest";

const knocked = fixture("knocked.mjs", import.meta.url);
const full = fixture("full-of-strangers.mjs", import.meta.url);

test.each(["none", "unread", "read"])("50 rounds of busy spells with strangers knocking: events %s", async (watch) => {
  const finished = await run(knocked, { args: [watch, "50"], timeout: 1_200_000 });
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(finished.stdout).toMatch(/closed\n$/);
});

test.each([
  ["none", "stay"],
  ["read", "stay"],
  ["none", "leave"],
  ["read", "leave"],
])(
  "strangers that take all 256 file descriptors, with busy spells of 3 s: events %s, strangers %s",
  async (watch, how) => {
    const finished = await run(full, {
      command: "bash",
      execArgv: ["-c", 'ulimit -n 256; exec "$NODE" "$0" "$@"'],
      args: [watch, how, "10"],
      env: { NODE: process.execPath },
      timeout: 1_200_000,
    });
    expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(finished.stdout).toMatch(/closed\n$/);
  },
);
