// One form of send, a promise that says when the message was accepted, and several ways to
// receive.
import assert from "node:assert/strict";
import { Pull, Push, TimeoutError } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

await push.send("text");
await push.send(Buffer.from("bytes"));
await push.send(["This", "is", "one", "message"]); // an array is one message of several frames
await push.sendAll(["first", "second", "third"]); // three messages, each when the one before was accepted

const [text] = await pull.receive(); // one
assert.equal(String(text), "text");

const seen = [];
for await (const message of pull) {
  seen.push(message.map(String)); // as they come
  if (seen.length === 2) break; // leaves the socket open, and the rest in it
}
assert.deepEqual(seen, [["bytes"], ["This", "is", "one", "message"]]);

const rest = await Promise.all([pull.receive(), pull.receive(), pull.receive()]); // as many at once as one likes
assert.deepEqual(rest.map(String), ["first", "second", "third"]);
await assert.rejects(pull.receive({ timeout: 20 }), TimeoutError); // no longer than this
console.log(`${String(text)}; ${seen.join("; ")}; ${rest.join("; ")}`);

await push.close();
await pull.close();
