// The same client for every transport, and for several at once: one socket, a request over each of its connections.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8002", "ipc:///tmp/slides.sock");
const req = zmq.socket("req");
let answers = 0;

for (const url of urls) req.connect(url);
console.log(`Connecting to ${urls.join(", ")}`);
for (const url of urls) req.send(`request over ${url}`);

req.on("message", (answer) => {
  console.log(`${answer}`);
  answers++;
  if (answers === urls.length) req.close();
});
