/**
 * Runs the old and the new server with the old and the new client, in all four
 * combinations. So you can migrate one side at a time. In each run the server
 * is killed after the first price and restarted. The client still gets its
 * prices.
 */

import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

for (const server of ["before-server.cjs", "after-server.js"]) {
  for (const client of ["before-client.cjs", "after-client.js"]) {
    assert.deepEqual(await play(server, client), ["EUR 1.1", "CHF 1.05", "XAU unknown", "JPY 0.007"]);
    console.log(`${client} gets its prices from ${server}, which was killed in between`);
  }
}

async function play(server: string, client: string): Promise<string[]> {
  const first = start(server, "tcp://127.0.0.1:*");
  const [endpoint] = (await once(first, "message")) as [string];
  const asking = start(client, endpoint);
  if (asking.stdin === null || asking.stdout === null) throw new Error("No input and output");
  const lines = createInterface({ input: asking.stdout })[Symbol.asyncIterator]();

  asking.stdin.write("EUR\n");
  const printed = [(await lines.next()).value];
  first.kill("SIGKILL");
  await once(first, "exit");
  asking.stdin.end("CHF\nXAU\nJPY\n"); // requested while no server runs
  const second = start(server, endpoint);
  for await (const line of lines) printed.push(line);

  const stopped = once(second, "exit");
  second.kill("SIGTERM");
  assert.deepEqual(await stopped, [0, null]);
  return printed;
}

function start(script: string, ...args: string[]): ChildProcess {
  return fork(new URL(script, import.meta.url), args, { stdio: ["pipe", "pipe", "inherit", "ipc"] });
}
