// A pub socket sends to everyone who is connected; what nobody has subscribed to yet is lost.
const zmq = require("zmq");

const url = process.argv[2] || "tcp://127.0.0.1:8001";
const topics = ["weather.valencia", "weather.madrid", "traffic.valencia"];
const pub = zmq.socket("pub");
let round = 0;

pub.bind(url, (err) => {
  if (err) throw err;
  console.log(`Publishing on ${url}`);
});

setInterval(() => {
  round++;
  for (const topic of topics) pub.send([topic, round]);
  console.log(`Round ${round}`);
}, 100);
