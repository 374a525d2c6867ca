// A worker pulls tasks from one side and pushes results to the other.
const zmq = require("zmq");

const name = process.argv[2] || "one";
const url = process.argv[3] || "tcp://127.0.0.1:8001";
const collector = process.argv[4] || "tcp://127.0.0.1:8000";
const pull = zmq.socket("pull");
const push = zmq.socket("push");

push.connect(collector);
pull.bind(url, (err) => {
  if (err) throw err;
  console.log(`${name} listens on ${url}`);
});

pull.on("message", (operation, number) => {
  console.log(`${name}: ${operation} ${number}`);
  push.send([name, number, Number(number) ** 2]);
});
