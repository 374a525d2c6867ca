// The envelope is all that comes before the delimiter. It returns with the answer, and tells whose answer it is.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8002");
const dealer = zmq.socket("dealer");
const jobs = new Map([
  ["job 1", "wash"],
  ["job 2", "cook"],
]);

for (const url of urls) dealer.connect(url);
for (const [job, task] of jobs) dealer.send([job, "", task]);

dealer.on("message", (job, _delimiter, ...answer) => {
  console.log(`${job}, ${jobs.get(String(job))}: ${answer.join(" ")}`);
  jobs.delete(String(job));
  if (jobs.size === 0) dealer.close();
});
