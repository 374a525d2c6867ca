import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, isRunning, type RunningProcess, run, spawnProcess } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const main = new URL("../dist/main.js", import.meta.url);
const checked = /^([\d,]+) words, ([\d,]+) different: the same as a single process counts$/m;

let folder: string;
/** Text that takes long enough to be interrupted. */
let longText: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "awaitmq-word-count-"));
  longText = join(folder, "long.txt");
  for (let part = 0; part < 6; part++) await appendFile(longText, "the quick brown fox\n".repeat(50_000));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the word count", () => {
  test("counts TypeScript's declaration files as a single process does", async () => {
    const { code, stdout, stderr } = await run(main);
    expect(stderr).toBe("");
    expect(stdout).toMatch(checked);
    expect(stdout).toMatch(/^ *interface █+ [\d,]+$/m);
    expect(stdout).toMatch(/ 100 % {2}[\d,]+ messages, [\d,]+ a second$/m);
    expect(code).toBe(0);
  });

  test("counts the files and folders it is given", async () => {
    const text = join(folder, "text");
    await mkdir(join(text, "deeper"), { recursive: true });
    await writeFile(join(text, "first.txt"), "One fish,\r\ntwo fish\r\n\r\n");
    await writeFile(join(text, "deeper", "second.txt"), "red fish constructor __proto__ Ünïcödé");
    const { code, stdout, stderr } = await run(main, { args: [text, join(text, "first.txt")] });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^7 lines in 3 files$/m);
    expect(stdout).toMatch(/^ *fish █+ 5$/m);
    expect(stdout).toMatch(/^ *ünïcödé █+ 1$/m);
    expect(checked.exec(stdout)?.slice(1)).toEqual(["13", "7"]);
    expect(code).toBe(0);
  });

  test("finds no word in an empty file", async () => {
    const empty = join(folder, "empty.txt");
    await writeFile(empty, "");
    const { code, stdout, stderr } = await run(main, { args: [empty] });
    expect(stderr).toBe("");
    expect(checked.exec(stdout)?.slice(1)).toEqual(["0", "0"]);
    expect(code).toBe(0);
  });

  test("says which file is missing", async () => {
    const missing = join(folder, "missing.txt");
    const { code, stderr } = await run(main, { args: [missing] });
    expect(stderr).toBe(`Cannot read ${missing}: no such file or folder\n`);
    expect(code).toBe(1);
  });
});

describe("a word count that is interrupted", () => {
  test.each([
    ["Ctrl-C", "SIGINT", true, 130],
    ["SIGINT to the main process alone", "SIGINT", false, 130],
    ["SIGTERM to the main process alone", "SIGTERM", false, 143],
  ] as const)("by %s stops at once and leaves no process behind", async (_name, signal, toGroup, code) => {
    await using counting = spawnProcess(main, { args: [longText], group: true });
    const workers = await halfway(counting);
    if (toGroup) counting.kill(signal);
    else process.kill(counting.pid!, signal);
    const finished = await counting.exited;
    expect(finished.stdout).not.toContain("100 %"); // it stopped early
    expect(finished.stderr).toBe(`Stopped by ${signal}\n`);
    expect(finished.code).toBe(code);
    expect(workers.filter(isRunning)).toEqual([]);
  });

  test("by SIGKILL of the main process leaves no worker behind", async () => {
    await using counting = spawnProcess(main, { args: [longText], group: true });
    const workers = await halfway(counting);
    process.kill(counting.pid!, "SIGKILL");
    await eventually(() => !workers.some(isRunning), { message: "A worker outlived the main process" });
  });

  test("by the death of a worker fails", async () => {
    await using counting = spawnProcess(main, { args: [longText], group: true });
    const workers = await halfway(counting);
    process.kill(workers[1]!, "SIGKILL");
    const { code, stderr } = await counting.exited;
    expect(stderr).toBe(`Worker ${workers[1]} ended before its work was done: SIGKILL\n`);
    expect(code).toBe(1);
    expect(workers.filter(isRunning)).toEqual([]);
  });
});

/** Resolves to the process ids of the workers once work is under way. */
async function halfway(counting: RunningProcess): Promise<number[]> {
  const line = await counting.line("workers: processes");
  const pids = (line.match(/\d+/g) ?? []).slice(1).map(Number);
  expect(pids).toHaveLength(3);
  await counting.line("25 %");
  expect(pids.every(isRunning)).toBe(true);
  return pids;
}
