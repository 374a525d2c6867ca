/** The errors of binds that fail, on ipc paths and without file descriptors. */

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fixture, run } from "@awaitmq/testing";
import { afterAll, describe, expect, test } from "vitest";
import zmq from "../src/index.ts";

const few = fixture("few-descriptors.cjs", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "bind-errors-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "notes.txt");
writeFileSync(file, "years of work");
mkdirSync(join(folder, "folder"));

describe("a bind to a path of ipc gives the error of the system for", () => {
  test.each([
    ["a file", file, "EADDRINUSE", "Address already in use"],
    ["a folder", join(folder, "folder"), "EADDRINUSE", "Address already in use"],
    ["no folder", join(folder, "missing", "socket"), "ENOENT", "No such file or directory"],
    ["a file for a folder", join(file, "socket"), "ENOTDIR", "Not a directory"],
    ["a path that is too long", join(folder, "x".repeat(108)), "ENAMETOOLONG", "File name too long"],
  ] as const)("%s", async (_, path, code, message) => {
    const socket = zmq.socket("pull");
    const expected = { code, errno: constants.errno[code], message };
    expect(catching(() => socket.bindSync(`ipc://${path}`))).toMatchObject(expected);
    const error = await new Promise((resolve) => socket.bind(`ipc://${path}`, resolve));
    expect(error).toMatchObject({ ...expected, cause: { message: expect.stringContaining("Cannot bind to ") } });
    expect(statSync(file).isFile()).toBe(true);
    socket.close();
  });
});

test("without file descriptors a socket, a bind and a monitor give EMFILE", async () => {
  const finished = await run(few, {
    command: "bash",
    execArgv: ["-c", 'ulimit -n 100; exec "$NODE" "$0"'],
    env: { NODE: process.execPath },
  });
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(finished.stdout).toBe("EMFILE 24\n".repeat(4));
});

function catching(use: () => unknown): unknown {
  try {
    return use();
  } catch (error) {
    return error;
  }
}
