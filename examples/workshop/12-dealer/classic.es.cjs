// Un dealer como req que no espera. Los segmentos que hay delante del
// delimitador son el sobre, que vuelve con la respuesta.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const rep = zmq.socket("rep");
const dealer = zmq.socket("dealer");
const jobs = new Map([
  ["job 1", "wash"],
  ["job 2", "cook"],
]);

rep.bindSync("tcp://127.0.0.1:*");
rep.on("message", (...segments) => {
  console.log(`rep: ${show(segments)}`);
  assert.equal(segments.length, 1); // Ni el sobre ni el delimitador.
  rep.send(`${segments[0]}ed`);
});

dealer.connect(rep.last_endpoint);
for (const [job, task] of jobs) dealer.send([job, "", task]);
console.log("dealer: both have left, none is answered yet");

dealer.on("message", (job, delimiter, answer) => {
  console.log(`dealer: ${show([job, delimiter, answer])}`);
  assert.equal(String(answer), `${jobs.get(String(job))}ed`);
  jobs.delete(String(job));
  if (jobs.size > 0) return;
  dealer.close();
  rep.close();
});

function show(segments) {
  return `[${segments.map((segment) => `"${segment}"`).join(", ")}]`;
}
