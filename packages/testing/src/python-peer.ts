/** A pyzmq peer for interop tests, and the messages that it sends or expects. */

import { type RunningProcess, spawnProcess } from "./process.ts";
import { python } from "./python.ts";

const large = Buffer.alloc(256 * 8_192, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));

/** The same value as in the Python script. */
export const interopMessages: readonly (readonly (string | Buffer)[])[] = [
  ["start"],
  ["one", "two", "three"],
  ["ä€🦀"],
  [large.subarray(0, 256)],
  [""],
  ["", Buffer.from([0]), ""],
  ["head", large, "tail"],
  Array.from({ length: 50 }, () => "x".repeat(129)),
];

/** The peer's role; the script's first lines describe each one. */
export interface PythonRole {
  readonly socket: string;
  readonly act?: "ask" | "echo" | "send" | "publish" | "receive";
  readonly bind?: boolean;
  readonly endpoint?: string;
  readonly prefix?: readonly string[];
  readonly id?: string;
  readonly curve?: { readonly publicKey: string; readonly secretKey: string; readonly serverKey?: string };
}

/** Starts a peer. Requires that {@link python} finds a Python. The peer checks its messages itself, and then writes the line `done`. */
export function pythonPeer(role: PythonRole): RunningProcess {
  const script = new URL("./python_peer.py", import.meta.url);
  return spawnProcess(script, { command: python() as string, args: [JSON.stringify(role)] });
}
