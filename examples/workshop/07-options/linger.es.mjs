// close espera a que salgan los mensajes, pero no más que linger.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Pull, Push } from "@awaitmq/core";

const url = `ipc://${tmpdir()}/linger-${process.pid}`;
/** @type {Promise<void>[]} */
const closing = [];

for (const linger of [0, 10_000]) {
  // immediate: false acepta mensajes antes de que haya conexión.
  const push = new Push({ linger, immediate: false });
  push.connect(url);
  await push.send(`linger ${linger}`);
  closing.push(push.close());
}
// El primero ha descartado su mensaje. El segundo espera a un receptor.
await closing[0];

const pull = new Pull();
await pull.bind(url);
const [text] = await pull.receive();
console.log(`Got ${text}`);
assert.equal(String(text), "linger 10000");
await closing[1];
await assert.rejects(pull.receive({ timeout: 200 }), { code: "ERR_TIMEOUT" });
await pull.close();
