// One server with three endpoints, each with the URL of another transport.
const assert = require("node:assert/strict");
const { tmpdir } = require("node:os");
const zmq = require("zmq");

const rep = zmq.socket("rep");
const req = zmq.socket("req");
const answers = [];

const urls = [
  "tcp://127.0.0.1:*",
  `ipc://${tmpdir()}/transports-${process.pid}`,
  "inproc://transports",
].map((url) => {
  rep.bindSync(url);
  return rep.last_endpoint;
});
rep.on("message", (request) => rep.send(`answer to ${request}`));

for (const url of urls) req.connect(url);
// A req asks its connections in turn.
for (const url of urls) req.send(`request ${urls.indexOf(url) + 1}`);

req.on("message", (answer) => {
  console.log(`${answer}, over ${urls[answers.length]}`);
  answers.push(String(answer));
  if (answers.length < 3) return;
  assert.deepEqual(answers, [
    "answer to request 1",
    "answer to request 2",
    "answer to request 3",
  ]);
  // There is no such port.
  assert.throws(() => rep.bindSync("tcp://127.0.0.1:70000"), {
    code: "EINVAL",
  });
  req.close();
  rep.close();
});
