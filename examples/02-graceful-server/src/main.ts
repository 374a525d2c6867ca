/**
 * Has a server end while it works, and shows that nobody notices but those who come too late:
 * five requests run, SIGTERM comes, a sixth is refused, the five are answered, and the process ends by itself.
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

/** Resolves to the next thing that the server tells. */
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
