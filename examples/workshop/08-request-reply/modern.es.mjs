// Servidores que atienden muchas peticiones a la vez, y un cliente con muchas
// llamadas en curso. Cada llamada acaba con su respuesta o con su plazo.
import assert from "node:assert/strict";
import { once } from "node:events";
import { RequestClient, serve } from "@awaitmq/patterns";

const one = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}, says one`);
const two = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}, says two`);
const client = new RequestClient({
  connect: [...one.endpoints, ...two.endpoints],
});

// Sin alternancia estricta: todas las peticiones salen a la vez. Cada una va al
// servidor con menos llamadas en curso.
const answers = await Promise.all(
  ["Ada", "Grace", "Tony"].map((name) => client.request(name)),
);
for (const [index, name] of ["Ada", "Grace", "Tony"].entries()) {
  console.log(String(answers[index]));
  assert.match(
    String(answers[index]),
    new RegExp(`^Hello, ${name}, says (one|two)$`),
  );
}

// Un servidor que nunca responde no bloquea a nadie. La llamada agota su plazo,
// la señal avisa al manejador, y el cliente envía su petición siguiente.
const silent = serve("tcp://127.0.0.1:*", async ([question], { signal }) => {
  if (String(question) === "Ping?") return "Pong";
  await once(signal, "abort");
  return null;
});
const patient = new RequestClient({ connect: silent.endpoints });
await assert.rejects(patient.request("Are you there?", { timeout: 200 }), {
  code: "ERR_TIMEOUT",
});
console.log("No answer in 200 ms");
assert.equal(String(await patient.request("Ping?")), "Pong");
console.log("Pong");

await Promise.all([client.close(), patient.close()]);
await Promise.all([one.stop(), two.stop(), silent.stop()]);
