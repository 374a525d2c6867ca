// Cada hilo tiene su propio rep. El hilo principal pregunta a los dos por
// inproc.
const assert = require("node:assert/strict");
const threads = require("node:worker_threads");
const zmq = require("zmq");

if (threads.isMainThread) {
  for (const name of ["one", "two"]) ask(`inproc://thread-${name}`);
} else {
  answer(threads.workerData);
}

function ask(url) {
  // Un hilo recibe la URL y crea su propio socket: los sockets no viajan.
  new threads.Worker(__filename, { workerData: url });
  const req = zmq.socket("req");
  req.connect(url);
  req.send(25);
  req.on("message", (result, thread) => {
    console.log(`${url}: thread ${thread} says ${result}`);
    assert.equal(String(result), "75025");
    assert.notEqual(Number(thread), threads.threadId);
    req.close();
  });
}

function answer(url) {
  const rep = zmq.socket("rep");
  rep.bindSync(url);
  rep.on("message", (number) => {
    // Esto bloquea solo este hilo: el principal sigue.
    rep.send([fibonacci(Number(number)), threads.threadId]);
    rep.close();
  });
}

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
