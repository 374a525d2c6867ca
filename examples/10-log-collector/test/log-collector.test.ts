import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { LogFile, readLog } from "../src/log-file.ts";

test("no line is missing, and none is there twice, though the sink was killed", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^The sink was killed after \d+ lines\n/);
  expect(stdout).toMatch(/All 3000 lines are in the file, each once and in order\n$/);
  expect(code).toBe(0);
});

test("a file knows its lines after a restart, and mends one that was cut off", async () => {
  const folder = await mkdtemp(join(tmpdir(), "awaitmq-log-"));
  try {
    const path = join(folder, "log");
    const line = (number: number) => ({ service: "web", number, text: `line ${number}` });
    const file = new LogFile(path);
    file.add(line(1));
    file.add(line(2));
    file.add(line(2));
    await appendFile(path, '{"service":"web","numb');
    const again = new LogFile(path);
    again.add(line(2));
    again.add(line(3));
    expect(readLog(path)).toEqual([line(1), line(2), line(3)]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
