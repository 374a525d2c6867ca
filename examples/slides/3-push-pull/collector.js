// A pull socket takes the results of all workers from one fair queue.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8000";
const pull = zmq.socket("pull");
let results = 0;
let sum = 0;

pull.bind(url, (err) => {
  if (err) throw err;
  console.log(`Listening on ${url}`);
});

pull.on("message", (worker, number, square) => {
  console.log(`${number} squared is ${square}, says ${worker}`);
  sum += Number(square);
  results++;
  if (results < 6) return;
  console.log(`The sum is ${sum}`);
  pull.close();
});
