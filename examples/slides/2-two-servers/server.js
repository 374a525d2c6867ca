// A rep server with a name, and with work that takes a while.
const zmq = require("zmq");

const name = process.argv[2] || "one";
const url = process.argv[3] || "tcp://127.0.0.1:8001";
const milliseconds = Number(process.argv[4] || 0);
const rep = zmq.socket("rep");

rep.bind(url, (err) => {
  if (err) throw err;
  console.log(`${name} listens on ${url}`);
});

rep.on("message", (request) => {
  console.log(`${name} works on ${request}`);
  setTimeout(() => rep.send([name, request]), milliseconds);
});
