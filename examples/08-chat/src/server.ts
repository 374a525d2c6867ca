/**
 * The room: `node dist/server.js [endpoint]`. It passes each message to all
 * other members, and announces who joins and leaves.
 */

import { UnroutableError } from "@awaitmq/core";
import { type RoutedPeer, route } from "@awaitmq/patterns";

const peers = route(process.argv[2] ?? "tcp://127.0.0.1:5555");
const people = new Map<string, RoutedPeer>();
process.once("SIGTERM", () => void peers.stop());

console.log(`The room is open on ${peers.endpoints}`);
for await (const peer of peers) void converse(peer);

/** The first message of a peer is its name; the others are chat messages. */
async function converse(peer: RoutedPeer): Promise<void> {
  const name = String(await peer.receive());
  const isNew = !people.has(name);
  if (isNew) {
    people.set(name, peer);
    await tellOthers(name, "room", `${name} has come, ${people.size} are here`);
  }
  await tell(peer, "room", isNew ? `welcome, ${name}, ${people.size} are here` : `${name} is here already`);
  // Read a refused peer too, and drop its messages: unread messages would block
  // the room.
  for await (const [text] of peer) if (isNew) await tellOthers(name, name, String(text));
  if (!isNew) return;
  people.delete(name);
  await tellOthers(name, "room", `${name} has gone`);
}

async function tellOthers(name: string, from: string, text: string): Promise<void> {
  const others = [...people].filter(([other]) => other !== name);
  await Promise.all(others.map(([, peer]) => tell(peer, from, text)));
}

/**
 * Never waits long for a slow member: it misses messages that it has no room
 * for.
 */
async function tell(peer: RoutedPeer, from: string, text: string): Promise<void> {
  await peer.send([from, text], { timeout: 1_000 }).catch((error) => {
    // An unroutable peer has disconnected; the others are notified of that.
    if (!(error instanceof UnroutableError)) console.error(`Not told: ${error.message}`);
  });
}
