// One form of send, whose promise resolves when the library has accepted the
// message, and several ways to receive.
import assert from "node:assert/strict";
import { Pull, Push, TimeoutError } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

await push.send("text");
await push.send(Buffer.from("bytes"));
// An array is one message of several frames.
await push.send(["This", "is", "one", "message"]);
// Three messages, one after the other.
await push.sendAll(["first", "second", "third"]);

const [text] = await pull.receive(); // One message.
assert.equal(String(text), "text");

const seen = [];
for await (const message of pull) {
  // Messages as they arrive.
  seen.push(message.map(String));
  // Leaves the socket open, with the other messages in it.
  if (seen.length === 2) break;
}
assert.deepEqual(seen, [["bytes"], ["This", "is", "one", "message"]]);

// Any number of readers may wait at once.
const rest = await Promise.all([
  pull.receive(),
  pull.receive(),
  pull.receive(),
]);
assert.deepEqual(rest.map(String), ["first", "second", "third"]);
// A limit for the wait.
await assert.rejects(pull.receive({ timeout: 20 }), TimeoutError);
console.log(`${String(text)}; ${seen.join("; ")}; ${rest.join("; ")}`);

await push.close();
await pull.close();
