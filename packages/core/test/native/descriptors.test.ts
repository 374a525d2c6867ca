/** Calls in a process without file descriptors. */

import { fixture, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";

const program = fixture("few-descriptors.mjs", import.meta.url);

/** Runs the program in a process that may open 100 descriptors; gives what it printed, a line for each thing that it tried. */
async function withDescriptors(free: readonly number[], ...which: string[]): Promise<string[][]> {
  const limited = 'ulimit -n 100; exec "$NODE" "$0" "$@"';
  const finished = await run(program, {
    command: "bash",
    execArgv: ["-c", limited],
    args: [which.join(","), free.join(",")],
    env: { NODE: process.execPath },
    timeout: 100_000,
  });
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  return finished.stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
}

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, n) => n);

describe("without file descriptors", () => {
  test("whatever their number, a call works or rejects ERR_SOCKET_LIMIT, and the process lives on", async () => {
    const which = ["next", "context", "tcp", "any", "ws", "ipc", "events", "draft"];
    for (const found of await withDescriptors([...upTo(14), 20], ...which)) {
      expect(found[0]).toBe("ERR_SOCKET_LIMIT");
      expect(found.at(-1)).toBe("ok");
      expect(found.lastIndexOf("ERR_SOCKET_LIMIT")).toBe(found.indexOf("ok") - 1);
    }
  });

  test("a socket connects, unbinds and closes all the same", async () => {
    for (const found of await withDescriptors([0, 1, 2], "connect", "unbind", "unbind unwatched", "close"))
      expect(found).toEqual(["ok", "ok", "ok"]);
  });

  test("ready rejects ERR_SOCKET_LIMIT, where it has to watch", async () => {
    const [found] = await withDescriptors([0, 1, 2, 20], "ready");
    expect(found).toEqual(["ERR_SOCKET_LIMIT", "ERR_SOCKET_LIMIT", "ERR_SOCKET_LIMIT", "ERR_TIMEOUT"]);
  });

  test.each([upTo(13).filter((count) => count % 3 === 0), [1, 2, 5]])(
    "a process opens no first socket with %s of them, and one later",
    async (...free) => {
      const counts = await Promise.all(free.map((count) => withDescriptors([count, 30], "first")));
      for (const [found] of counts) expect(found).toEqual(["ERR_SOCKET_LIMIT", "ok"]);
    },
  );
});
