// Un Pair tiene un solo par, y los dos envían cuando quieren.
import assert from "node:assert/strict";
import { Pair } from "@awaitmq/core";

const left = new Pair();
const right = new Pair();
const endpoint = await left.bind("tcp://127.0.0.1:*");
right.connect(endpoint);

await left.sendAll(["one", "two"]);
for (const expected of ["one", "two"]) {
  const [text] = await right.receive();
  assert.equal(String(text), expected);
  await right.send(`${text} has arrived`);
}
for (const expected of ["one", "two"]) {
  const [text] = await left.receive();
  console.log(`${text}`);
  assert.equal(String(text), `${expected} has arrived`);
}

// Un segundo par se rechaza mientras el primero esté conectado.
const third = new Pair({ linger: 0 });
third.connect(endpoint);
await third.send("and I?", { timeout: 200 }).catch(() => {});
await assert.rejects(left.receive({ timeout: 200 }), { code: "ERR_TIMEOUT" });
console.log("The third was not heard");

await Promise.all([left, right, third].map((socket) => socket.close()));
