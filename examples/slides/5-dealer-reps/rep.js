// A rep never sees the delimiter, nor what comes before it: it puts both back in front of its answer.
const zmq = require("zmq");

const name = process.argv[2] || "one";
const url = process.argv[3] || "tcp://127.0.0.1:8001";
const rep = zmq.socket("rep");

rep.bind(url, (err) => {
  if (err) throw err;
  console.log(`${name} listens on ${url}`);
});

rep.on("message", function () {
  const segments = [];
  for (const i in arguments) segments.push(String(arguments[i]));
  console.log(`${name} gets ${JSON.stringify(segments)}`);
  rep.send(["Done by", name].concat(segments));
});
