// A message has one or more frames. All of them arrive, or none. Each carries
// its length, so its content is never taken for a separator.
import assert from "node:assert/strict";
import { Pull, Push } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

// One frame per argument.
await push.send(["calculator", "1", "add", "2", "3"]);
await push.send([
  // The program chooses what a frame contains.
  "json",
  JSON.stringify({ text: "any, character | at all\n" }),
]);
// Bytes, and an empty frame.
await push.send([Buffer.from([0, 255, 10]), null, "end"]);

// @ts-expect-error The program has to choose how a number travels.
await assert.rejects(push.send(["add", 2, 3]), TypeError);

const [request, json, bytes] = [
  await pull.receive(),
  await pull.receive(),
  await pull.receive(),
];
for (const frames of [request, json, bytes]) {
  console.log(frames.map((frame) => `${frame.length} B "${frame}"`).join(", "));
}
assert.deepEqual(request.map(String), ["calculator", "1", "add", "2", "3"]);
assert.deepEqual(JSON.parse(String(json[1])), {
  text: "any, character | at all\n",
});
assert.deepEqual(bytes, [
  Buffer.from([0, 255, 10]),
  Buffer.alloc(0),
  Buffer.from("end"),
]);

await push.close();
await pull.close();
