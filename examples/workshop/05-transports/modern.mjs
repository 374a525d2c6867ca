// One server with three doors: only the URLs differ. What an address lacks is said by an
// error with a code.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Reply, Request } from "@awaitmq/core";

const server = new Reply();
const client = new Request();
const endpoints = [
  await server.bind("tcp://127.0.0.1:*"), // an address, "*" or an interface; the port too may be "*"
  await server.bind(`ipc://${tmpdir()}/transports-${process.pid}`), // a path that the program may write
  await server.bind("inproc://transports"), // any name, within this process
];

async function answer() {
  for await (const [request] of server) await server.send(`answer to ${request}`);
}
const answering = answer();

for (const endpoint of endpoints) client.connect(endpoint);
for (const [index, endpoint] of endpoints.entries()) {
  await client.send(`request ${index + 1}`); // one connection after the other
  const [text] = await client.receive();
  console.log(`${text}, over ${endpoint}`);
  assert.equal(String(text), `answer to request ${index + 1}`);
}

await assert.rejects(server.bind("tcp://127.0.0.1:70000"), { code: "ERR_ADDRESS_INVALID" });
await assert.rejects(server.bind(endpoints[0] ?? ""), { code: "ERR_ADDRESS_IN_USE" });
await assert.rejects(server.bind("ipc:///no/such/folder/socket"), { code: "ERR_ADDRESS_UNAVAILABLE" });

await client.close();
await server.close();
await answering;
