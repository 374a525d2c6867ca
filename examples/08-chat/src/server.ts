/** The room: `node dist/server.js [endpoint]`. What one says all others hear, and who comes and goes is told. */

import { Router } from "@awaitmq/core";
import { type Peer, route } from "@awaitmq/patterns";

const router = new Router();
const peers = route(router); // before bind: so it learns of those who go, also of those who are killed
const people = new Map<string, Peer>();
process.once("SIGTERM", () => void router.close());

console.log(`The room is open on ${await router.bind(process.argv[2] ?? "tcp://127.0.0.1:5555")}`);
for await (const peer of peers) void converse(peer);

/** The first message of a peer is its name, the others are what it says. */
async function converse(peer: Peer): Promise<void> {
  const name = String(await peer.receive());
  if (people.has(name)) return peer.send(["room", `${name} is here already`]);
  people.set(name, peer);
  await tellOthers(name, "room", `${name} has come, ${people.size} are here`);
  await peer.send(["room", `welcome, ${name}, ${people.size} are here`]);
  for await (const [text] of peer) await tellOthers(name, name, String(text));
  people.delete(name);
  await tellOthers(name, "room", `${name} has gone`);
}

/** Nobody waits for one who does not listen: what somebody has no room for, or is gone before, that one misses. */
async function tellOthers(name: string, from: string, text: string): Promise<void> {
  const others = [...people].filter(([other]) => other !== name);
  await Promise.allSettled(others.map(([, peer]) => peer.send([from, text], { timeout: 1_000 })));
}
