// One req with two connections: its requests go to the servers in turn, and none leaves before the answer to the last.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8002");
const requests = ["request 1", "request 2", "request 3", "request 4"];
const req = zmq.socket("req");
let answers = 0;

for (const url of urls) {
  req.connect(url);
  console.log(`Connecting to ${url}`);
}
for (const request of requests) req.send(request);

req.on("message", (server, request) => {
  console.log(`${server} has answered ${request}`);
  answers++;
  if (answers === requests.length) req.close();
});
