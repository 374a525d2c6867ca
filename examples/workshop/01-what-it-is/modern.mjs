// Two programs' worth of sockets and nothing between them: no broker, no server to start.
// The URL alone says what the wire is.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

for (const url of ["inproc://greetings", `ipc://${tmpdir()}/greetings-${process.pid}`, "tcp://127.0.0.1:*"]) {
  const pull = new Pull();
  const push = new Push();
  push.connect(await pull.bind(url)); // for tcp the endpoint has the port that the system chose

  await push.send("hello");
  const [text] = await pull.receive();
  assert.equal(String(text), "hello");
  console.log(`${text} over ${url}`);

  await push.close();
  await pull.close();
}
