// Two sockets that talk without a broker between them. The URL alone chooses
// the transport.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

for (const url of [
  "inproc://greetings",
  `ipc://${tmpdir()}/greetings-${process.pid}`,
  "tcp://127.0.0.1:*",
]) {
  const pull = new Pull();
  const push = new Push();
  // For tcp, the endpoint holds the port that the system chose.
  push.connect(await pull.bind(url));

  await push.send("hello");
  const [text] = await pull.receive();
  assert.equal(String(text), "hello");
  console.log(`${text} over ${url}`);

  await push.close();
  await pull.close();
}
