// A req with an identity, set before it connects. The delimiter that it adds and takes away is not seen here.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const identity = process.argv[3] ?? "peer 1";
const req = zmq.socket("req");

if (identity !== "") req.identity = identity;
req.connect(url, () => {
  console.log(`Connecting to ${url} as "${req.identity}"`);
  req.send("Hello");
});

req.on("message", (...segments) => {
  console.log(`Answer: ${JSON.stringify(segments.map(String))}`);
  req.close();
});
