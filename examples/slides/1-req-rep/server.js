// A rep socket: "message" brings a request, an argument a segment, and send gives the answer.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const rep = zmq.socket("rep");

rep.bind(url, (err) => {
  if (err) throw err;
  console.log(`Listening on ${url}`);
});

rep.on("message", (operation, a, b) => {
  console.log(`Request: ${operation} ${a} ${b}`);
  rep.send([operation, Number(a) + Number(b)]);
});
