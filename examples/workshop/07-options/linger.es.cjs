// Un socket cerrado aún tiene linger milisegundos para entregar lo que ha
// enviado.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const url = `ipc://${tmpdir()}/linger-${process.pid}`;
const texts = [];

for (const linger of [0, 10_000]) {
  const push = zmq.socket("push", { linger });
  push.connect(url);
  push.send(`linger ${linger}`);
  // Nadie ha hecho aún bind a la URL: solo el segundo mensaje puede esperar.
  push.close();
}

const pull = zmq.socket("pull");
pull.bindSync(url);
pull.on("message", (text) => {
  console.log(`Got ${text}`);
  texts.push(String(text));
  setTimeout(() => {
    assert.deepEqual(texts, ["linger 10000"]);
    pull.close();
  }, 200);
});
