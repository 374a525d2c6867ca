// Dos sockets que hablan sin ningún broker en medio. Solo la URL elige el
// transporte.
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
  // En tcp, la dirección contiene el puerto que ha elegido el sistema.
  push.connect(await pull.bind(url));

  await push.send("hello");
  const [text] = await pull.receive();
  assert.equal(String(text), "hello");
  console.log(`${text} over ${url}`);

  await push.close();
  await pull.close();
}
