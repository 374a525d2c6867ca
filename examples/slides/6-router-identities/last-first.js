// A router need not answer in order: this one waits for two requests, and answers the last one first.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const router = zmq.socket("router");
const waiting = new Map();

router.bindSync(url);
console.log(`Listening on ${url}`);

router.on("message", (identity, _delimiter, request) => {
  console.log(`${identity} asks: ${request}`);
  waiting.set(identity, `You were number ${waiting.size + 1}`);
  if (waiting.size < 2) return;
  for (const [identity, answer] of [...waiting].reverse()) {
    console.log(`${identity} is answered`);
    router.send([identity, "", answer]);
  }
  waiting.clear();
});
