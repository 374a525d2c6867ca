// A closed socket still has linger milliseconds to deliver what it has sent.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const url = `ipc://${tmpdir()}/linger-${process.pid}`;
const texts = [];

for (const linger of [0, 10_000]) {
  const push = zmq.socket("push", { linger });
  push.connect(url);
  push.send(`linger ${linger}`);
  // Nobody has bound the URL yet: only the second message can wait for that.
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
