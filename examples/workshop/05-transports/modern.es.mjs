// Un servidor con tres direcciones, cada una con la URL de otro transporte. Una
// dirección errónea es un error con su código.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { Reply, Request } from "@awaitmq/core";

const server = new Reply();
const client = new Request();
const endpoints = [
  // Una dirección, una interfaz o *. El puerto también puede ser *.
  await server.bind("tcp://127.0.0.1:*"),
  // Una ruta en la que el programa puede escribir.
  await server.bind(`ipc://${tmpdir()}/transports-${process.pid}`),
  // Cualquier nombre dentro de este proceso.
  await server.bind("inproc://transports"),
];

async function answer() {
  for await (const [request] of server)
    await server.send(`answer to ${request}`);
}
const answering = answer();

for (const endpoint of endpoints) client.connect(endpoint);
for (const [index, endpoint] of endpoints.entries()) {
  // Un Request pregunta a sus conexiones por turnos.
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
