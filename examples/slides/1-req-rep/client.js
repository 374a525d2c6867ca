// A req socket, and three ways to send three segments. The second and third request wait in its queue for the answers before.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const req = zmq.socket("req");
let answers = 0;

req.connect(url, (err) => {
  if (err) throw err;
  console.log(`Connecting to ${url}`);
  const returned = req.send(["add", 1, 2]);
  console.log(`send has returned its socket: ${returned === req}`);
  req.send("add", "3", "4");
  req.send("add", zmq.ZMQ_SNDMORE);
  req.send("5", zmq.ZMQ_SNDMORE);
  req.send("6");
});

req.on("message", (operation, result) => {
  console.log(`Answer: ${operation} ${result}`);
  answers++;
  if (answers === 3) req.close();
});
