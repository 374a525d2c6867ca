/** A peer in another language: a program per end. It reads lines with the number of messages; see native/one-way.c. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Loop, Peer } from "./peer.ts";

export function commandPeer(command: string, args: readonly string[] = []): Peer {
  return {
    async receiver({ size }) {
      const program = start(command, [...args, "pull", String(size)]);
      return { endpoint: await program.line(), receive: program.loop };
    },
    async sender(endpoint, { size }) {
      return start(command, [...args, "push", String(size), endpoint]).loop;
    },
  };
}

function start(command: string, args: readonly string[]): { line(): Promise<string>; readonly loop: Loop } {
  // The program ends when its input ends, which also happens when this process dies.
  const program = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended early`);
    return value;
  };
  const loop = async (count: number) => {
    program.stdin.write(`${count}\n`);
    const told = await line();
    if (told !== "done") throw new Error(`${command} said ${told}`);
  };
  return { line, loop };
}
