// A sub socket gets the messages that start with one of its prefixes: here four of them, then it closes.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const prefixes = process.argv.slice(3);
if (prefixes.length === 0) prefixes.push("weather");
const sub = zmq.socket("sub");
let count = 0;

sub.connect(url, (err) => {
  if (err) throw err;
  console.log(`Connecting to ${url}`);
});
for (const prefix of prefixes) sub.subscribe(prefix);

sub.on("message", (topic, round) => {
  console.log(`${topic}, round ${round}`);
  count++;
  if (count === 4) sub.close();
});
