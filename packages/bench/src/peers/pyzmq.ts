/** pyzmq, one message per call. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { commandPeer } from "./command-peer.ts";
import type { Peer } from "./peer.ts";

const python = "/usr/bin/python3";

/** @throws `ENOENT` if it is not installed */
export function loadPyzmq(): Peer {
  try {
    execFileSync(python, ["-c", "import zmq"], { stdio: "pipe" });
  } catch (cause) {
    throw Object.assign(new Error("Python can't import zmq", { cause }), { code: "ENOENT" });
  }
  return commandPeer(python, [fileURLToPath(new URL("../../native/one_way.py", import.meta.url))]);
}
