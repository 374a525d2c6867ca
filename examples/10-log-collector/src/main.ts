/**
 * Three services log through one sink, which is killed and restarted meanwhile.
 * At the end each line is in the file exactly once, and in order. With Push and
 * Pull, the lines in flight and in the sink's queue would be lost.
 */

import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLog } from "./log-file.ts";

const lines = 1_000;
const folder = mkdtempSync(join(tmpdir(), "log-collector-"));
const path = join(folder, "all.log");

const doomed = start("sink.js", "tcp://127.0.0.1:*", path);
const [endpoint] = (await once(doomed, "message")) as [string];

const services = ["web", "db", "mail"].map((name) => start("service.js", endpoint, name, String(lines)));
const ended = Promise.all(services.map((service) => once(service, "exit")));
// Each service has written some lines.
await Promise.all(services.map((service) => once(service, "message")));

doomed.kill("SIGKILL");
await once(doomed, "exit");
console.log(`The sink was killed after ${readLog(path).length} lines`);
const sink = start("sink.js", endpoint, path);
await once(sink, "message");
console.log("It is back, at the same address");

for (const [code] of await ended) assert.equal(code, 0);
const log = readLog(path);
for (const name of ["web", "db", "mail"]) {
  const numbers = log.filter(({ service }) => service === name).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    Array.from({ length: lines }, (_, index) => index + 1),
  );
}
sink.kill("SIGTERM");
assert.deepEqual(await once(sink, "exit"), [0, null]);
rmSync(folder, { recursive: true });
console.log(`All ${log.length} lines are in the file, each once and in order`);

function start(script: string, ...args: string[]): ChildProcess {
  return fork(new URL(script, import.meta.url), args);
}
