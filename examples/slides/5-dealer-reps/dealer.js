// A dealer as a req that does not wait: it sends the delimiter itself, and gets it back in front of each answer.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8002");
const dealer = zmq.socket("dealer");
let answers = 0;

for (const url of urls) dealer.connect(url);
for (let task = 1; task <= 4; task++) dealer.send(["", "task", task]);
console.log("4 requests have left, no answer is here yet");

dealer.on("message", function () {
  const segments = [];
  for (const i in arguments) segments.push(String(arguments[i]));
  console.log(JSON.stringify(segments));
  answers++;
  if (answers === 4) dealer.close();
});
