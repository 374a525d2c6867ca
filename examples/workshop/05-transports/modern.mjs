// One server with three endpoints, each with the URL of another transport. A
// wrong address is an error with a code.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Reply, Request } from "@awaitmq/core";

const server = new Reply();
const client = new Request();
const endpoints = [
  // An address, an interface or *. The port may be * too.
  await server.bind("tcp://127.0.0.1:*"),
  // A path where the program may write.
  await server.bind(`ipc://${tmpdir()}/transports-${process.pid}`),
  // Any name within this process.
  await server.bind("inproc://transports"),
];

async function answer() {
  for await (const [request] of server)
    await server.send(`answer to ${request}`);
}
const answering = answer();

for (const endpoint of endpoints) client.connect(endpoint);
for (const [index, endpoint] of endpoints.entries()) {
  // A Request asks its connections in turn.
  await client.send(`request ${index + 1}`);
  const [text] = await client.receive();
  console.log(`${text}, over ${endpoint}`);
  assert.equal(String(text), `answer to request ${index + 1}`);
}

await assert.rejects(server.bind("tcp://127.0.0.1:70000"), {
  code: "ERR_ADDRESS_INVALID",
});
await assert.rejects(server.bind(endpoints[0] ?? ""), {
  code: "ERR_ADDRESS_IN_USE",
});
await assert.rejects(server.bind("ipc:///no/such/folder/socket"), {
  code: "ERR_ADDRESS_UNAVAILABLE",
});

await client.close();
await server.close();
await answering;
