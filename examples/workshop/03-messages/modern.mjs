// A message is one or more frames, that arrive all or none. Each has its length: no text in
// it is ever taken for a border.
import assert from "node:assert/strict";
import { Pull, Push } from "@awaitmq/core";

const pull = new Pull();
const push = new Push();
push.connect(await pull.bind("tcp://127.0.0.1:*"));

await push.send(["calculator", "1", "add", "2", "3"]); // a frame an argument
await push.send(["json", JSON.stringify({ text: "any, character | at all\n" })]); // what is in a frame is the program's choice
await push.send([Buffer.from([0, 255, 10]), null, "end"]); // bytes, and an empty frame

// @ts-expect-error How a number travels is for the program to say, not for the library to guess
await assert.rejects(push.send(["add", 2, 3]), TypeError);

const [request, json, bytes] = [await pull.receive(), await pull.receive(), await pull.receive()];
for (const frames of [request, json, bytes]) {
  console.log(frames.map((frame) => `${frame.length} B "${frame}"`).join(", "));
}
assert.deepEqual(request.map(String), ["calculator", "1", "add", "2", "3"]);
assert.deepEqual(JSON.parse(String(json[1])), { text: "any, character | at all\n" });
assert.deepEqual(bytes, [Buffer.from([0, 255, 10]), Buffer.alloc(0), Buffer.from("end")]);

await push.close();
await pull.close();
