// Servers that handle many requests at once, and a client with many calls in
// flight. Each call ends with its reply or its timeout.
import assert from "node:assert/strict";
import { once } from "node:events";
import { RequestClient, serve } from "@awaitmq/patterns";

const one = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}, says one`);
const two = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}, says two`);
const client = new RequestClient({
  connect: [...one.endpoints, ...two.endpoints],
});

// No lock-step: all requests leave at once. Each goes to the server with the
// fewest calls in flight.
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

// A server that never answers blocks nobody. The call times out, the signal
// tells the handler, and the client sends its next request.
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
