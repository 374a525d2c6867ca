// Map y reduce: un productor reparte textos, unos trabajadores cuentan
// palabras, y un recolector suma. Cada conexión tiene un solo sentido.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const texts = ["one two two", "two three three", "three", "one two"];
const producer = zmq.socket("push");
const collector = zmq.socket("pull");
producer.bindSync("tcp://127.0.0.1:*");
collector.bindSync("tcp://127.0.0.1:*");
const sockets = [producer, collector];

for (const name of ["a", "b"]) {
  const tasks = zmq.socket("pull");
  const results = zmq.socket("push");
  tasks.connect(producer.last_endpoint);
  results.connect(collector.last_endpoint);
  tasks.on("message", (text) => {
    console.log(`${name} counts "${text}"`);
    for (const word of String(text).split(" ")) results.send([word, 1]);
  });
  sockets.push(tasks, results);
}

for (const text of texts) producer.send(text); // A los trabajadores por turnos.

const counts = new Map();
let words = 0;
collector.on("message", (word, count) => {
  counts.set(String(word), (counts.get(String(word)) ?? 0) + Number(count));
  words++;
  if (words < 9) return;
  console.log(counts);
  assert.deepEqual(counts.get("two"), 4);
  for (const socket of sockets) socket.close();
});
