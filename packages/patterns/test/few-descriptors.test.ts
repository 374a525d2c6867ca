/** Servers in a process without file descriptors. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AddressError } from "@awaitmq/core";
import { fixture, run } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { serve } from "../src/index.ts";

const few = fixture("few-descriptors.mjs", import.meta.url);

test("a server rejects ERR_SOCKET_LIMIT without file descriptors, whatever their number, and serves with a few", async () => {
  const finished = await run(few, {
    command: "bash",
    execArgv: ["-c", 'ulimit -n 300; exec "$NODE" "$0"'],
    env: { NODE: process.execPath },
  });
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  const found = finished.stdout.trimEnd().split("\n");
  expect(found[0]).toBe("ERR_SOCKET_LIMIT");
  expect(found.at(-1)).toBe("pong");
  expect(new Set(found)).toEqual(new Set(["ERR_SOCKET_LIMIT", "pong"]));
});

test("a server leaves a file at its path, and says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  const path = join(folder, "notes.txt");
  writeFileSync(path, "years of work");
  try {
    const serving = (async () => await serve(`ipc://${path}`, () => "").done)();
    await expect(serving).rejects.toThrow(AddressError);
    await expect(serving).rejects.toThrow("there is a file, which is not a socket");
    expect(statSync(path).isFile()).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
