/**
 * A chat of two members. Each has one call: its input is what the member says,
 * its replies are what the other says.
 */

import assert from "node:assert/strict";
import { EventEmitter, on } from "node:events";
import { PassThrough } from "node:stream";
import { RequestClient, serve } from "@awaitmq/patterns";

const room = new EventEmitter();

const server = serve("tcp://127.0.0.1:*", async function* ([who], { input, signal }) {
  const name = String(who);
  const heard = on(room, "said", { signal });
  const speaking = speak().finally(() => heard.return?.()); // ends the loop below
  try {
    yield ["room", `welcome, ${name}`];
    for await (const [from, text] of heard) if (from !== name) yield [from, text];
  } finally {
    await speaking;
  }

  async function speak(): Promise<void> {
    room.emit("said", name, "is here");
    for await (const [text] of input) room.emit("said", name, String(text));
    room.emit("said", name, "has gone");
  }
});

const ada = enter("Ada");
assert.equal(await ada.hears(), "room: welcome, Ada");
const grace = enter("Grace");
assert.equal(await grace.hears(), "room: welcome, Grace");
assert.equal(await ada.hears(), "Grace: is here");

ada.says("Hello, Grace");
assert.equal(await grace.hears(), "Ada: Hello, Grace");
grace.says("Hello, Ada");
grace.says("Goodbye");
assert.equal(await ada.hears(), "Grace: Hello, Ada");
assert.equal(await ada.hears(), "Grace: Goodbye");

grace.leaves();
assert.equal(await ada.hears(), "Grace: has gone");
assert.equal(await grace.hears(), "(the end)");
ada.leaves();
assert.equal(await ada.hears(), "(the end)");

await Promise.all([ada.client.close(), grace.client.close()]);
await server.stop();
assert.equal(server.stats.served, 2);
console.log("Two calls carried all of it");

/** A member, with a client as in its own process. */
function enter(name: string) {
  const client = new RequestClient({ connect: server.endpoints });
  const mouth = new PassThrough({ objectMode: true });
  const ear = client.stream(name, { input: mouth });
  return {
    client,
    says: (text: string) => mouth.write(text),
    leaves: () => mouth.end(),
    async hears(): Promise<string> {
      const { value } = await ear.next();
      const line = value?.join(": ") ?? "(the end)";
      console.log(`[${name}] ${line}`);
      return line;
    },
  };
}
