/**
 * Stops a server during its work. Five requests run when SIGTERM arrives. The
 * server refuses a sixth, answers the five, and its process ends by itself.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { on, once } from "node:events";
import { RequestClient, UnavailableError } from "@awaitmq/patterns";

interface Told {
  readonly endpoint?: string;
  readonly begun?: string;
  readonly stopping?: boolean;
}

const server = fork(new URL("./server.js", import.meta.url));
const ended = once(server, "exit");
const messages = on(server, "message") as AsyncIterableIterator<[Told]>;

/** Resolves to the server's next report. */
async function told(): Promise<Told> {
  const { value } = await messages.next();
  return value[0];
}

const { endpoint = "" } = await told();
await using client = new RequestClient({ connect: endpoint, timeout: 60_000, retry: { attempts: 1 } });

const names = ["Ada", "Barbara", "Edsger", "Grace", "Tony"];
const replies = Promise.all(names.map((name) => client.request(name)));
for (const _ of names) assert.ok((await told()).begun);
console.log(`${names.length} requests run`);

server.kill("SIGTERM");
assert.ok((await told()).stopping);
await assert.rejects(client.request("too late"), UnavailableError);
console.log("The server ends: a new request is refused at once");

server.send("the work is done");
assert.deepEqual(
  (await replies).map(String),
  names.map((name) => `Hello, ${name}`),
);
console.log("Those that ran are answered");

assert.deepEqual(await ended, [0, null]);
console.log("The process ended by itself, with 0");
