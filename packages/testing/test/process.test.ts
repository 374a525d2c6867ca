/** Running and starting processes, and reading their lines. */

import { describe, expect, test } from "vitest";
import { eventually } from "../src/eventually.ts";
import { isRunning, run, spawnProcess } from "../src/process.ts";

const echo = new URL("./fixtures/echo.mjs", import.meta.url);
const stay = new URL("./fixtures/stay.mjs", import.meta.url);
const parent = new URL("./fixtures/parent.mjs", import.meta.url);

describe("run", () => {
  test("resolves with the output, the exit code and the time", async () => {
    const finished = await run(echo, {
      args: ["a", "b c"],
      env: { EXIT_CODE: "3" },
      execArgv: ["--no-warnings"],
    });
    expect(finished).toMatchObject({
      code: 3,
      signal: null,
      stdout: "arguments a b c\nexec --no-warnings\n",
      stderr: "to stderr\n",
    });
    expect(finished.elapsed).toBeGreaterThan(5);
  });

  test("kills a script that takes too long, and rejects with what it wrote", async () => {
    const began = performance.now();
    await using beside = spawnProcess(stay);
    await beside.line("tick 1");
    // Scaled to the speed of this machine: the child must print before the timeout.
    const timeout = Math.ceil(1_000 + 4 * (performance.now() - began));
    await expect(run(stay, { timeout })).rejects.toThrow(
      new RegExp(`did not end within ${timeout} ms.*tick 1\\n`, "s"),
    );
  });

  test("rejects when the command does not exist", async () => {
    await expect(run(echo, { command: "/nonexistent/node" })).rejects.toThrow("ENOENT");
  });
});

describe("spawnProcess", () => {
  test("waits for lines, each call going on behind the line before", async () => {
    await using child = spawnProcess(stay);
    await expect(child.line(/^tick \d$/)).resolves.toBe("tick 1");
    await expect(child.line("tick")).resolves.toBe("tick 2");
    await expect(child.line(/^tick 1\d$/)).resolves.toBe("tick 10");
  });

  test("rejects a line that does not come in time, and one that cannot come any more", async () => {
    await using child = spawnProcess(stay);
    await child.line("tick");
    await expect(child.line("tock", { timeout: 30 })).rejects.toThrow("wrote no line with tock within 30 ms");
    const late = child.line("tock");
    child.kill();
    await expect(late).rejects.toThrow("ended before it wrote a line with tock");
  });

  test("tells the signal that ended the child", async () => {
    await using child = spawnProcess(stay);
    expect(child.kill("SIGTERM")).toBe(true);
    await expect(child.exited).resolves.toMatchObject({ code: null, signal: "SIGTERM" });
    expect(child.kill()).toBe(false);
  });

  test("kills the child when its scope ends", async () => {
    let pid: number;
    {
      await using child = spawnProcess(stay);
      await child.line("tick");
      pid = child.pid!;
      expect(isRunning(pid)).toBe(true);
    }
    expect(isRunning(pid)).toBe(false);
  });

  test("kills a whole group, grandchildren included", async () => {
    let pid: number;
    {
      await using child = spawnProcess(parent, { group: true });
      pid = Number((await child.line("child")).split(" ")[1]);
      expect(isRunning(pid)).toBe(true);
    }
    await eventually(() => !isRunning(pid), { message: "The grandchild lived on" });
  });
});
