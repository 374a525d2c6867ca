/** A peer made with pyzmq for interop tests, and the messages that it sends or expects. */

import { type RunningProcess, spawnProcess } from "./process.ts";
import { python } from "./python.ts";

const large = Buffer.alloc(256 * 8_192, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));

/** The same as in the Python script. */
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

/** What the peer is and does; the script's first lines say what each means. */
export interface PythonRole {
  readonly socket: string;
  readonly act?: "ask" | "echo" | "send" | "publish" | "receive";
  readonly bind?: boolean;
  readonly endpoint?: string;
  readonly prefix?: readonly string[];
  readonly id?: string;
  readonly curve?: { readonly publicKey: string; readonly secretKey: string; readonly serverKey?: string };
}

/** Only where {@link python} finds one. The peer checks what it gets itself, and then writes the line `done`. */
export function pythonPeer(role: PythonRole): RunningProcess {
  const script = new URL("./python_peer.py", import.meta.url);
  return spawnProcess(script, { command: python() as string, args: [JSON.stringify(role)] });
}
