// A push socket deals its tasks out to everyone it is connected to, and waits for nobody.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8002");
const push = zmq.socket("push");

// What close leaves in the queue may still take this many milliseconds to get to a worker that starts late.
push.linger = 20000;
for (const url of urls) push.connect(url);
for (let number = 1; number <= 6; number++) push.send(["square", number]);
console.log(`6 tasks for ${urls.length} workers`);
push.close();
