/** The room: `node dist/server.js [endpoint]`. What one says all others hear, and who comes and goes is told. */

import { UnroutableError } from "@awaitmq/core";
import { type RoutedPeer, route } from "@awaitmq/patterns";

const peers = route(process.argv[2] ?? "tcp://127.0.0.1:5555");
const people = new Map<string, RoutedPeer>();
process.once("SIGTERM", () => void peers.stop());

console.log(`The room is open on ${peers.endpoints}`);
for await (const peer of peers) void converse(peer);

/** The first message of a peer is its name, the others are what it says. */
async function converse(peer: RoutedPeer): Promise<void> {
  const name = String(await peer.receive());
  const isNew = !people.has(name);
  if (isNew) {
    people.set(name, peer);
    await tellOthers(name, "room", `${name} has come, ${people.size} are here`);
  }
  await tell(peer, "room", isNew ? `welcome, ${name}, ${people.size} are here` : `${name} is here already`);
  // Somebody who was refused is read as well, and not heard: what nobody reads would hold up the room.
  for await (const [text] of peer) if (isNew) await tellOthers(name, name, String(text));
  if (!isNew) return;
  people.delete(name);
  await tellOthers(name, "room", `${name} has gone`);
}

async function tellOthers(name: string, from: string, text: string): Promise<void> {
  const others = [...people].filter(([other]) => other !== name);
  await Promise.all(others.map(([, peer]) => tell(peer, from, text)));
}

/** Nobody waits for one who does not listen: what somebody has no room for, or is gone before, that one misses. */
async function tell(peer: RoutedPeer, from: string, text: string): Promise<void> {
  await peer.send([from, text], { timeout: 1_000 }).catch((error) => {
    // Who is unroutable has gone, which the others are told.
    if (!(error instanceof UnroutableError)) console.error(`Not told: ${error.message}`);
  });
}
