/** libzmq in C, one message a call, compiled with -O2 when it is first asked for. */

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandPeer } from "./command-peer.ts";
import type { Peer } from "./peer.ts";

/** @throws `ENOENT` where there is no compiler or no header of libzmq */
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
