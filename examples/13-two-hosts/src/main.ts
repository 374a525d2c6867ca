/**
 * A client and a server on two hosts. Their cable is unplugged and plugged in
 * again. Calls meanwhile time out. Afterwards calls of the same client succeed
 * again, without any action by the program.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TwoHosts } from "./namespaces.ts";

// Clean up at every end, also after a failure or Ctrl-C. This comes before the
// hosts are created, because a signal may arrive meanwhile.
const children = new Set<ChildProcess>();
let hosts: TwoHosts | undefined;
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  hosts?.[Symbol.dispose]();
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

hosts = twoHosts();
if (hosts !== undefined) await play(hosts);

function twoHosts(): TwoHosts | undefined {
  try {
    return new TwoHosts();
  } catch (error) {
    // The last line that `ip` has printed.
    const [why] = (error as Error).message.trimEnd().split("\n").slice(-1);
    console.log(`Skipped: network namespaces can't be made here (${why})`);
    return undefined;
  }
}

async function play(cable: TwoHosts): Promise<void> {
  const server = start(cable, "two", "server.js", "tcp://*:5555");
  await server.says(/^ready$/);
  const client = start(cable, "one", "client.js", `tcp://${cable.address}:5555`);

  console.log(`Over the cable: ${await client.says(/^answered/)}`);
  cable.cut();
  console.log(`The cable is cut: ${await client.says(/^failed: ERR_TIMEOUT$/)}`);
  cable.heal();
  console.log(`It is whole again: ${await client.says(/^answered/)}`);

  for (const { process, ended } of [client, server]) {
    process.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
  }
}

function start(cable: TwoHosts, host: "one" | "two", script: string, endpoint: string) {
  const [command, ...args] = cable.on(host);
  const process: ChildProcess = spawn(command, [...args, fileURLToPath(new URL(script, import.meta.url)), endpoint], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(process);
  if (process.stdout === null) throw new Error("No output");
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  return {
    process,
    ended: once(process, "exit"),
    /** Resolves to the next line that matches; skips the lines before it. */
    async says(pattern: RegExp): Promise<string> {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`${script} ended and never said ${pattern}`);
        if (pattern.test(value)) return value;
      }
    },
  };
}
