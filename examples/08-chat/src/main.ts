/**
 * Runs a chat of three processes. They greet each other, one leaves, one is
 * killed, and the room notifies the last one.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Dealer } from "@awaitmq/core";

const room = start("server.js", "tcp://127.0.0.1:*");
const endpoint = (await room.hears(/^The room is open on /)).split(" ").at(-1) ?? "";

const ada = start("client.js", endpoint, "Ada");
await ada.hears(/welcome, Ada, 1 are here/);
const grace = start("client.js", endpoint, "Grace");
await grace.hears(/welcome, Grace, 2 are here/);
await ada.hears(/Grace has come/);
const tony = start("client.js", endpoint, "Tony");
await tony.hears(/welcome, Tony, 3 are here/);

// One client disconnects before it gets an answer, and one takes a name that is
// already in use. Neither affects the others.
for (const [name, linger] of [
  ["Ghost", 0],
  ["Ada", 1_000],
] as const) {
  const rude = new Dealer({ linger });
  rude.connect(endpoint);
  await rude.send(name);
  await rude.send("boo");
  await rude.close();
}
ada.says("Hello, all");
assert.equal(await grace.hears(/Ada:/), "Ada: Hello, all");
assert.equal(await tony.hears(/Ada:/), "Ada: Hello, all");
grace.says("Hello, Ada");
assert.equal(await ada.hears(/Grace:/), "Grace: Hello, Ada");

grace.process.stdin?.end();
await ada.hears(/^room: Grace has gone$/);
tony.process.kill("SIGKILL");
await ada.hears(/^room: Tony has gone$/);

ada.process.stdin?.end();
room.process.kill("SIGTERM");
for (const { ended } of [ada, grace, room]) assert.deepEqual(await ended, [0, null]);
console.log("All have gone home");

/** A program of this folder, with its output and its input. */
function start(script: string, ...args: string[]) {
  const process: ChildProcess = spawn(
    globalThis.process.execPath,
    [fileURLToPath(new URL(script, import.meta.url)), ...args],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  if (process.stdout === null) throw new Error("No output");
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const who = args[1] ?? "the room";
  return {
    process,
    ended: once(process, "exit"),
    says: (text: string) => process.stdin?.write(`${text}\n`),
    async hears(pattern: RegExp): Promise<string> {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`${who} never heard ${pattern}`);
        console.log(`[${who}] ${value}`);
        if (pattern.test(value)) return value;
      }
    },
  };
}
