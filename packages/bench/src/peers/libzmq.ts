/** libzmq in C, one message per call. It is compiled with -O2 at its first use. */

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandPeer } from "./command-peer.ts";
import type { Peer } from "./peer.ts";

/** @throws `ENOENT` without a compiler or without libzmq's header */
export function loadLibzmq(): Peer {
  const source = fileURLToPath(new URL("../../native/one-way.c", import.meta.url));
  execFileSync("gcc", ["--version"]);
  const program = join(mkdtempSync(join(tmpdir(), "awaitmq-bench-")), "one-way");
  try {
    execFileSync("gcc", ["-O2", "-o", program, source, "-lzmq"], { stdio: "pipe" });
  } catch (cause) {
    throw Object.assign(new Error("one-way.c can't be compiled", { cause }), { code: "ENOENT" });
  }
  return commandPeer(program);
}
